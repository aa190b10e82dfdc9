//! NumPy's `.npy` files of 32-bit floats, as the command line writes them.
//!
//! Format version 1.0 (NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays"):
//! little-endian, C order. Of the libraries `npyz` brings a parser of Python literals with big
//! integers and `ndarray-npy` the whole of `ndarray`, for what is one line of text here.

/// What every file begins with: the magic string and the version.
const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// The values begin at a multiple of this, so that they can be mapped into memory.
const ALIGNMENT: usize = 64;

/// An array: `values` has as many elements as the product of `shape`, the last index running
/// fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Length of each dimension.
    pub shape: Vec<usize>,
    /// The elements in C order.
    pub values: Vec<f32>,
}

/// Why a file is no such array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NpyError {
    /// No magic string, or another version.
    #[error("This is not a .npy file of version 1.0. Save it with `numpy.save` and try again.")]
    NotNpy,
    /// The description cannot be read.
    #[error("The .npy header is damaged. Save the array again with `numpy.save`.")]
    BadHeader,
    /// Other elements, or Fortran order.
    #[error("The array is not of little-endian 32-bit floats in C order. Save it with `astype('<f4', order='C')`.")]
    Unsupported,
    /// More or fewer bytes than the shape asks for.
    #[error("The array's shape and its number of values contradict each other. Save it again.")]
    WrongSize,
}

/// A file that `numpy.load` reads as an array of this shape.
///
/// # Panics
///
/// If the product of `shape` is not the number of values: shapes come from our own code.
pub fn encode(shape: &[usize], values: &[f32]) -> Vec<u8> {
    assert_eq!(shape.iter().product::<usize>(), values.len(), "a shape says how many values there are");
    let lengths = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    // A Python tuple of one.
    let comma = if shape.len() == 1 { "," } else { "" };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({lengths}{comma}), }}");
    let unpadded = MAGIC.len() + 2 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(ALIGNMENT) - unpadded));
    header.push('\n');
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&(header.len() as u16).to_le_bytes());
    file.extend_from_slice(header.as_bytes());
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    file
}

/// Reads what [`encode`] or `numpy.save` wrote.
///
/// # Errors
///
/// An [`NpyError`] for everything but little-endian 32-bit floats in C order. Never allocates
/// more than a few times the size of `bytes`.
pub fn decode(bytes: &[u8]) -> Result<Array, NpyError> {
    let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or(NpyError::NotNpy)?;
    let (length, rest) = rest.split_first_chunk().ok_or(NpyError::BadHeader)?;
    let (header, data) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length))).ok_or(NpyError::BadHeader)?;
    let header = std::str::from_utf8(header).map_err(|_| NpyError::BadHeader)?;
    if !header.contains("'descr': '<f4'") || !header.contains("'fortran_order': False") {
        return Err(NpyError::Unsupported);
    }
    let shape = shape(header).ok_or(NpyError::BadHeader)?;
    let count = shape.iter().try_fold(4usize, |bytes, length| bytes.checked_mul(*length));
    if count != Some(data.len()) {
        return Err(NpyError::WrongSize);
    }
    let values = data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    Ok(Array { shape, values })
}

/// The tuple after `'shape':`.
fn shape(header: &str) -> Option<Vec<usize>> {
    let (_, rest) = header.split_once("'shape': (")?;
    let (tuple, _) = rest.split_once(')')?;
    let lengths = tuple.split(',').map(str::trim).filter(|length| !length.is_empty());
    lengths.map(|length| length.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_survives_the_round_trip() {
        for shape in [vec![], vec![3], vec![2, 3], vec![40, 0], vec![1, 2, 3]] {
            let values: Vec<f32> = (0..shape.iter().product::<usize>()).map(|i| i as f32 / 3.0).collect();
            let file = encode(&shape, &values);
            assert_eq!(decode(&file), Ok(Array { shape, values }));
        }
    }

    /// Byte for byte what NumPy 2.4 saves.
    #[test]
    fn the_file_is_numpys() {
        let header = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }";
        let mut wanted = header.to_vec();
        wanted.resize(127, b' ');
        wanted.extend(b"\n\0\0\x80\x3f\0\0\x20\x40\0\0\x40\xc0");
        assert_eq!(encode(&[1, 3], &[1.0, 2.5, -3.0]), wanted);
        let one_dimension = encode(&[3], &[0.0; 3]);
        assert!(one_dimension.windows(17).any(|part| part == b"'shape': (3,), } "));
    }

    #[test]
    fn what_is_no_such_array_is_refused() {
        let good = encode(&[2, 2], &[0.0; 4]);
        let with = |old: &str, new: &str| {
            let at = good.windows(old.len()).position(|part| part == old.as_bytes()).unwrap_or_default();
            let mut file = good.clone();
            file[at..at + old.len()].copy_from_slice(new.as_bytes());
            decode(&file)
        };
        assert_eq!(decode(b"RIFF"), Err(NpyError::NotNpy));
        assert_eq!(decode(&good[..100]), Err(NpyError::BadHeader));
        assert_eq!(decode(&good[..good.len() - 1]), Err(NpyError::WrongSize));
        assert_eq!(with("<f4", "<f8"), Err(NpyError::Unsupported));
        assert_eq!(with("False", "True "), Err(NpyError::Unsupported));
        assert_eq!(with("(2, 2", "(2, 3"), Err(NpyError::WrongSize));
        assert_eq!(with("(2, 2", "(2, x"), Err(NpyError::BadHeader));
        assert_eq!(with("(2, 2", "(9, -"), Err(NpyError::BadHeader));
    }
}
