//! The door for every kind of file: told apart by its first bytes, never by its name.

use crate::wav::{self, Clip, Limits, WavError};

/// Why a file is refused; the message tells what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The first bytes belong to no kind of file that is read here.
    #[error("This is neither a WAV nor a FLAC file. Save the recording as WAV (PCM) and try again.")]
    UnknownFormat,
    /// A WAV file that is refused.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// A FLAC file that is refused.
    #[cfg(feature = "flac")]
    #[error(transparent)]
    Flac(#[from] crate::flac::FlacError),
}

impl DecodeError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DecodeError::UnknownFormat => "unknown_format",
            DecodeError::Wav(error) => error.code(),
            #[cfg(feature = "flac")]
            DecodeError::Flac(error) => error.code(),
        }
    }
}

/// Reads a whole WAV file or, with the feature `flac`, a FLAC file, mixed to mono.
///
/// # Errors
///
/// A [`DecodeError`] if the file is neither, is damaged or exceeds a limit.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Clip, DecodeError> {
    match bytes.first_chunk::<4>() {
        Some(b"RIFF") => Ok(wav::decode(bytes, limits)?),
        #[cfg(feature = "flac")]
        Some(crate::flac::MARKER) => Ok(crate::flac::decode(bytes, limits)?),
        _ => Err(DecodeError::UnknownFormat),
    }
}
