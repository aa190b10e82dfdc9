//! FLAC files in, under the same limits as WAV.
//!
//! The file's outer structure is checked here: the marker, the description of the stream, the
//! walk over the metadata, none of which is passed on. Only the description and the frames reach
//! the decoder, `symphonia`, which is maintained and fuzzed upstream (`claxon`, the smaller one,
//! had its last release in 2020). What comes out must be whole: `symphonia` skips damaged frames
//! as a player would, and half a word must not pass for a take.
//! Format: RFC 9639, Free Lossless Audio Codec, §8 (metadata) and §9 (frames).

use std::io::Cursor;

use symphonia_bundle_flac::{FlacDecoder, FlacReader};
use symphonia_core::codecs::CodecParameters;
use symphonia_core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia_core::formats::{FormatOptions, FormatReader};
use symphonia_core::io::{MediaSourceStream, MediaSourceStreamOptions};

use crate::frame::length_ms;
use crate::wav::{Clip, Limits, WavError};

/// What every FLAC file begins with.
pub const MARKER: &[u8; 4] = b"fLaC";

/// Bytes of the description of the stream (RFC 9639, §8.2).
const STREAMINFO_LEN: usize = 34;

/// Bits per sample that are read. FLAC knows 4 to 32; less than 8 is no recording, and the
/// difference of two 32-bit channels does not fit into the decoder's integers.
const BITS: std::ops::RangeInclusive<u16> = 8..=24;

/// Why a file is refused; the message tells what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlacError {
    /// No FLAC marker.
    #[error("This is not a FLAC file. Save the recording as FLAC or WAV and try again.")]
    NotFlac,
    /// The metadata promise more bytes than there are.
    #[error("The file ends too early, it was probably cut off on its way. Send it again.")]
    Truncated,
    /// The description contradicts itself.
    #[error("The FLAC header is damaged: {0}. Save the recording again as FLAC or WAV.")]
    BadHeader(&'static str),
    /// The frames do not give what the header promises.
    #[error("The sound in the FLAC file is damaged: {0}. Save the recording again as FLAC or WAV, or send it again.")]
    Damaged(&'static str),
    /// Fewer than 8 or more than 24 bits per sample.
    #[error("The FLAC file has {bits} bits per sample. Save it with 16 or 24 bits.")]
    Unsupported {
        /// Bits per sample.
        bits: u16,
    },
    /// Beyond a limit, which is the same as for a WAV file.
    #[error(transparent)]
    Limit(#[from] WavError),
}

impl FlacError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FlacError::NotFlac => "not_flac",
            FlacError::Truncated => "truncated",
            FlacError::BadHeader(_) => "bad_header",
            FlacError::Damaged(_) => "damaged",
            FlacError::Unsupported { .. } => "unsupported_encoding",
            FlacError::Limit(limit) => limit.code(),
        }
    }
}

/// Reads a whole FLAC file of 8 to 24 bits, mixed to mono.
///
/// # Errors
///
/// A [`FlacError`] if the file is no FLAC, is damaged or exceeds a limit. However few bytes ask
/// for however much sound, no more than `limits.max_length_ms` of it is ever held.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Clip, FlacError> {
    if bytes.len() > limits.max_bytes {
        return Err(WavError::TooLarge { bytes: bytes.len(), limit: limits.max_bytes }.into());
    }
    let (description, frames) = split(bytes)?;
    let stream = Stream::parse(description);
    stream.check(limits)?;
    let samples = stream.convert(description, frames, limits)?;
    Ok(Clip { rate_hz: stream.rate_hz, channels: stream.channels, bits: stream.bits, samples })
}

/// The description of the stream and the frames after the last block of metadata.
fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), FlacError> {
    let mut rest = bytes.strip_prefix(MARKER.as_slice()).ok_or(FlacError::NotFlac)?;
    let mut description = None;
    loop {
        let (header, body) = rest.split_at_checked(4).ok_or(FlacError::Truncated)?;
        let length = u32::from_be_bytes([0, header[1], header[2], header[3]]) as usize;
        let (block, after) = body.split_at_checked(length).ok_or(FlacError::Truncated)?;
        let (is_last, kind) = (header[0] & 0x80 != 0, header[0] & 0x7F);
        description = match (description, kind) {
            (None, 0) if block.len() == STREAMINFO_LEN => Some(block),
            (None, _) => return Err(FlacError::BadHeader("it does not begin with the description of the sound")),
            (Some(_), 0) => return Err(FlacError::BadHeader("it describes the sound twice")),
            (known, _) => known,
        };
        rest = after;
        if let (true, Some(description)) = (is_last, description) {
            return Ok((description, rest));
        }
    }
}

/// What the description says (RFC 9639, §8.2).
struct Stream {
    rate_hz: u32,
    channels: u16,
    bits: u16,
    /// Samples in each channel; `None` when the encoder did not know.
    samples: Option<u64>,
}

impl Stream {
    /// Of [`STREAMINFO_LEN`] bytes: 20 bits of rate, 3 of channels, 5 of depth, 36 of length.
    fn parse(description: &[u8]) -> Stream {
        let packed = description[10..18].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let samples = packed & 0xF_FFFF_FFFF;
        Stream {
            rate_hz: (packed >> 44) as u32,
            channels: (packed >> 41 & 7) as u16 + 1,
            bits: (packed >> 36 & 31) as u16 + 1,
            samples: (samples > 0).then_some(samples),
        }
    }

    fn check(&self, limits: &Limits) -> Result<(), FlacError> {
        if !BITS.contains(&self.bits) {
            return Err(FlacError::Unsupported { bits: self.bits });
        }
        if self.channels > limits.max_channels {
            return Err(WavError::Channels { channels: self.channels, limit: limits.max_channels }.into());
        }
        if !(limits.min_rate_hz..=limits.max_rate_hz).contains(&self.rate_hz) {
            return Err(WavError::Rate {
                rate_hz: self.rate_hz,
                min_hz: limits.min_rate_hz,
                max_hz: limits.max_rate_hz,
            }
            .into());
        }
        self.check_length(self.samples.unwrap_or(0), limits)
    }

    fn check_length(&self, samples: u64, limits: &Limits) -> Result<(), FlacError> {
        let length_ms = length_ms(usize::try_from(samples).unwrap_or(usize::MAX), self.rate_hz);
        if length_ms > limits.max_length_ms {
            return Err(WavError::TooLong { length_ms, limit_ms: limits.max_length_ms }.into());
        }
        Ok(())
    }

    fn convert(&self, description: &[u8], frames: &[u8], limits: &Limits) -> Result<Vec<f32>, FlacError> {
        const BAD_HEADER: FlacError = FlacError::BadHeader("its sizes contradict each other");
        const DAMAGED: FlacError = FlacError::Damaged("a part of it cannot be read");
        if frames.is_empty() {
            return Err(WavError::Empty.into());
        }
        // The plainest header for these frames: the description is the only block of metadata.
        let header = [MARKER.as_slice(), &[0x80, 0, 0, STREAMINFO_LEN as u8], description].concat();
        let source = Cursor::new([&header, frames].concat());
        let source = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let mut reader = FlacReader::try_new(source, FormatOptions::default()).map_err(|_| BAD_HEADER)?;
        let parameters = match reader.tracks().first().and_then(|track| track.codec_params.as_ref()) {
            Some(CodecParameters::Audio(parameters)) => parameters.clone(),
            _ => return Err(BAD_HEADER),
        };
        let options = AudioDecoderOptions::default().verify(true);
        let mut decoder = FlacDecoder::try_new(&parameters, &options).map_err(|_| BAD_HEADER)?;

        let channels = usize::from(self.channels);
        let (mut samples, mut interleaved, mut read) = (Vec::new(), Vec::<f32>::new(), 0);
        while let Some(packet) = reader.next_packet().map_err(|_| DAMAGED)? {
            let block = decoder.decode(&packet).map_err(|_| DAMAGED)?;
            block.copy_to_vec_interleaved(&mut interleaved);
            let frames = interleaved.chunks_exact(channels);
            samples.extend(frames.map(|frame| frame.iter().sum::<f32>() / channels as f32));
            self.check_length(samples.len() as u64, limits)?;
            read += packet.data.len();
        }
        if read != frames.len() || self.samples.is_some_and(|promised| promised != samples.len() as u64) {
            return Err(FlacError::Damaged("a part of it is missing"));
        }
        if decoder.finalize().verify_ok == Some(false) {
            return Err(FlacError::Damaged("its checksum is another"));
        }
        Ok(samples)
    }
}
