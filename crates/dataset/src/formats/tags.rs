//! Takes out of a WAV file whatever is not sound.

use crate::error::DatasetError;

/// A WAV file (RIFF) with its `fmt `, `fact` and `data` chunks only: no title, no comment, no name
/// of a device or place. The samples are untouched.
///
/// # Errors
///
/// [`DatasetError::NotWav`] when it is no RIFF file of the form WAVE, a chunk does not fit in, or
/// `fmt ` or `data` is missing.
pub fn strip(wav: &[u8]) -> Result<Vec<u8>, DatasetError> {
    if wav.len() < 12 || &wav[..4] != b"RIFF" || &wav[8..12] != b"WAVE" {
        return Err(DatasetError::NotWav);
    }
    let mut out = Vec::with_capacity(wav.len());
    out.extend_from_slice(&wav[..12]);
    let mut rest = &wav[12..];
    let (mut format, mut sound) = (false, false);
    while let Some((name, length)) = chunk(rest) {
        let body = rest.get(8..8 + length).ok_or(DatasetError::NotWav)?;
        if matches!(name, b"fmt " | b"fact" | b"data") {
            out.extend_from_slice(&rest[..8]);
            out.extend_from_slice(body);
            out.extend(std::iter::repeat_n(0, length % 2));
        }
        format |= name == b"fmt ";
        sound |= name == b"data";
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
    if !format || !sound {
        return Err(DatasetError::NotWav);
    }
    let length = u32::try_from(out.len() - 8).map_err(|_| DatasetError::NotWav)?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(out)
}

/// Name and length of the chunk that `bytes` begin with.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], usize)> {
    let name = bytes.first_chunk::<4>()?;
    let length = bytes.get(4..)?.first_chunk::<4>()?;
    Some((name, usize::try_from(u32::from_le_bytes(*length)).ok()?))
}
