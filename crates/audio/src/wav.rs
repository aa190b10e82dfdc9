//! WAV files in and out, under limits.
//!
//! A file is hostile until proven otherwise: its header is checked against the real bytes before
//! any sample is converted. Readers that trust headers, and their words for every error, would
//! take 5 KB of the browser's bundle.
//! Format: Microsoft/IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991),
//! chapter 3; `WAVE_FORMAT_EXTENSIBLE` as in Microsoft's `mmreg.h`.

use crate::frame::{finite, length_ms};

/// What a file may ask of us: by default what an upload may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file in bytes. Default 16 MiB: 10 s of stereo float at 192 kHz.
    pub max_bytes: usize,
    /// Longest sound in ms. Default 30 000, three times the longest take.
    pub max_length_ms: u32,
    /// Most channels. Default 2: a microphone has one, some devices double it.
    pub max_channels: u16,
    /// Lowest sample rate in Hz. Default 16 000, the rate of the features.
    pub min_rate_hz: u32,
    /// Highest sample rate in Hz. Default 192 000, the highest in common hardware.
    pub max_rate_hz: u32,
}

impl Limits {
    /// For files of one's own, on the command line: 8 to 192 kHz, up to 8 channels, 10 minutes
    /// and 256 MiB.
    pub fn any() -> Limits {
        Limits {
            max_bytes: 256 * 1024 * 1024,
            max_length_ms: 600_000,
            max_channels: 8,
            min_rate_hz: 8_000,
            max_rate_hz: 192_000,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_bytes: 16 * 1024 * 1024,
            max_length_ms: 30_000,
            max_channels: 2,
            min_rate_hz: 16_000,
            max_rate_hz: 192_000,
        }
    }
}

/// A decoded file.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// Samples per second, as in the file.
    pub rate_hz: u32,
    /// Channels in the file.
    pub channels: u16,
    /// Bits per sample in the file: 8, 16, 24, 32 or 64, or fewer of them if the header says that
    /// the rest is padding.
    pub bits: u16,
    /// The mean of the channels, −1..1; 16-bit samples are divided by 32 768.
    pub samples: Vec<f32>,
}

/// Why a file is refused; the message tells what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// No RIFF/WAVE header.
    #[error("This is not a WAV file. Save the recording as WAV (PCM) and try again.")]
    NotWav,
    /// More bytes than the limit.
    #[error("The file has {bytes} bytes, the limit is {limit}. Record a shorter take.")]
    TooLarge {
        /// Bytes of the file.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The header promises more bytes than there are.
    #[error("The file ends too early, it was probably cut off on its way. Send it again.")]
    Truncated,
    /// The header contradicts itself.
    #[error("The WAV header is damaged: {0}. Save the recording again as WAV (PCM).")]
    BadHeader(&'static str),
    /// An encoding other than PCM with 8, 16, 24 or 32 bits or float with 32 or 64.
    #[error("The WAV file is encoded as format {format} with {bits} bits. Save it as PCM with 16 or 24 bits.")]
    Unsupported {
        /// Format tag, as registered.
        format: u16,
        /// Bits per sample.
        bits: u16,
    },
    /// More channels than the limit.
    #[error("The file has {channels} channels, the limit is {limit}. Record in mono.")]
    Channels {
        /// Channels of the file.
        channels: u16,
        /// Channels allowed.
        limit: u16,
    },
    /// A sample rate outside the limits.
    #[error("The sample rate is {rate_hz} Hz. Record with {min_hz} to {max_hz} Hz.")]
    Rate {
        /// Rate of the file.
        rate_hz: u32,
        /// Lowest rate allowed.
        min_hz: u32,
        /// Highest rate allowed.
        max_hz: u32,
    },
    /// No samples at all.
    #[error("The file holds no sound. Record again.")]
    Empty,
    /// Longer than the limit.
    #[error("The sound is {length_ms} ms long, the limit is {limit_ms} ms. Record a shorter take.")]
    TooLong {
        /// Length of the sound.
        length_ms: u32,
        /// Length allowed.
        limit_ms: u32,
    },
}

impl WavError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            WavError::NotWav => "not_wav",
            WavError::TooLarge { .. } => "too_large",
            WavError::Truncated => "truncated",
            WavError::BadHeader(_) => "bad_header",
            WavError::Unsupported { .. } => "unsupported_encoding",
            WavError::Channels { .. } => "too_many_channels",
            WavError::Rate { .. } => "unsupported_rate",
            WavError::Empty => "empty",
            WavError::TooLong { .. } => "too_long",
        }
    }
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// Bytes 2 to 15 of the sub-format GUIDs; bytes 0 and 1 hold the format tag.
const SUBFORMAT_TAIL: [u8; 14] = *b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";

/// The checked contents of a `fmt ` chunk.
#[derive(Clone, Copy)]
struct Format {
    tag: u16,
    channels: u16,
    rate_hz: u32,
    /// Bits that a sample takes in the file.
    bits: u16,
    /// Bits of these that hold sound, from the highest on.
    valid_bits: u16,
}

/// Reads a whole WAV file: PCM of 8, 16, 24 or 32 bits or float of 32 or 64, mixed to mono. Float
/// samples beyond full scale are clipped, NaN becomes 0.
///
/// # Errors
///
/// A [`WavError`] if the file is no WAV, is damaged or exceeds a limit. Never allocates more than
/// a few times the size of `bytes`.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Clip, WavError> {
    if bytes.len() > limits.max_bytes {
        return Err(WavError::TooLarge { bytes: bytes.len(), limit: limits.max_bytes });
    }
    let (fmt, data) = find_chunks(bytes)?;
    let format = Format::parse(fmt)?;
    format.check(data, limits)?;
    let samples = format.convert(data);
    Ok(Clip { rate_hz: format.rate_hz, channels: format.channels, bits: format.valid_bits, samples })
}

/// A whole WAV file: mono, 16 bits. Samples are multiplied by 32 768, rounded and clipped, so
/// that [`decode`] gives 16-bit samples back exactly; NaN becomes 0.
pub fn encode_pcm16(samples: &[f32], rate_hz: u32) -> Vec<u8> {
    // A RIFF file cannot be longer than 4 GiB.
    let samples = &samples[..samples.len().min((u32::MAX as usize - 36) / 2)];
    let format = Format { tag: PCM, channels: 1, rate_hz, bits: 16, valid_bits: 16 };
    let mut file = format.header(samples.len() as u32 * 2).to_vec();
    file.reserve_exact(samples.len() * 2);
    for sample in samples {
        // The cast clips: 32 768 becomes 32 767.
        let value = (finite(*sample) * 32_768.0).round() as i16;
        file.extend_from_slice(&value.to_le_bytes());
    }
    file
}

/// Walks over the chunks to the first `fmt ` and the first `data` after it.
fn find_chunks(bytes: &[u8]) -> Result<(&[u8], &[u8]), WavError> {
    if bytes.len() < 12 || &bytes[..4] != b"RIFF" || &bytes[8..12] != b"WAVE" {
        return Err(WavError::NotWav);
    }
    if u32_at(bytes, 4) as usize > bytes.len() - 8 {
        return Err(WavError::Truncated);
    }
    let mut rest = &bytes[12..];
    let mut fmt = None;
    while rest.len() >= 8 {
        let (id, len) = (&rest[..4], u32_at(rest, 4) as usize);
        let body = rest.get(8..).unwrap_or_default();
        let chunk = body.get(..len).ok_or(WavError::Truncated)?;
        match (id, fmt) {
            (b"fmt ", None) => fmt = Some(chunk),
            (b"data", Some(fmt)) => return Ok((fmt, chunk)),
            (b"data", None) => return Err(WavError::BadHeader("the format is missing")),
            _ => {}
        }
        // Chunks start at even places.
        rest = body.get(len + len % 2..).unwrap_or_default();
    }
    Err(match fmt {
        Some(_) => WavError::BadHeader("the samples are missing"),
        None => WavError::BadHeader("the format is missing"),
    })
}

impl Format {
    fn parse(fmt: &[u8]) -> Result<Format, WavError> {
        if fmt.len() < 16 {
            return Err(WavError::BadHeader("the format is too short"));
        }
        let bits = u16_at(fmt, 14);
        let mut format =
            Format { tag: u16_at(fmt, 0), channels: u16_at(fmt, 2), rate_hz: u32_at(fmt, 4), bits, valid_bits: bits };
        if format.tag == EXTENSIBLE {
            let is_known = fmt.len() >= 40 && fmt[26..40] == SUBFORMAT_TAIL;
            let valid_bits = if is_known { u16_at(fmt, 18) } else { 0 };
            if !is_known || valid_bits > bits {
                return Err(WavError::BadHeader("the extended format is unknown"));
            }
            format.tag = u16_at(fmt, 24);
            // Some writers leave it at 0; of a float every bit counts.
            if valid_bits > 0 && format.tag == PCM {
                format.valid_bits = valid_bits;
            }
        }
        if !matches!((format.tag, format.bits), (PCM, 8 | 16 | 24 | 32) | (FLOAT, 32 | 64)) {
            return Err(WavError::Unsupported { format: format.tag, bits: format.bits });
        }
        if format.channels == 0 {
            return Err(WavError::BadHeader("it has no channels"));
        }
        let frame_bytes = format.frame_bytes();
        if usize::from(u16_at(fmt, 12)) != frame_bytes
            || u64::from(u32_at(fmt, 8)) != u64::from(format.rate_hz) * frame_bytes as u64
        {
            return Err(WavError::BadHeader("its sizes contradict each other"));
        }
        Ok(format)
    }

    fn check(&self, data: &[u8], limits: &Limits) -> Result<(), WavError> {
        if self.channels > limits.max_channels {
            return Err(WavError::Channels { channels: self.channels, limit: limits.max_channels });
        }
        if !(limits.min_rate_hz..=limits.max_rate_hz).contains(&self.rate_hz) {
            return Err(WavError::Rate {
                rate_hz: self.rate_hz,
                min_hz: limits.min_rate_hz,
                max_hz: limits.max_rate_hz,
            });
        }
        if !data.len().is_multiple_of(self.frame_bytes()) {
            return Err(WavError::BadHeader("the last sample is incomplete"));
        }
        if data.is_empty() {
            return Err(WavError::Empty);
        }
        let length_ms = length_ms(data.len() / self.frame_bytes(), self.rate_hz);
        if length_ms > limits.max_length_ms {
            return Err(WavError::TooLong { length_ms, limit_ms: limits.max_length_ms });
        }
        Ok(())
    }

    fn convert(&self, data: &[u8]) -> Vec<f32> {
        let scale = (-f64::from(self.bits - 1)).exp2() as f32;
        let whole = |value: i32| value as f32 * scale;
        let values = data.chunks_exact(usize::from(self.bits / 8)).map(|bytes| match *bytes {
            // Only 8 bits are unsigned.
            [a] => whole(i32::from(a) - 128),
            [a, b] => whole(i32::from(i16::from_le_bytes([a, b]))),
            [a, b, c] => whole(i32::from_le_bytes([0, a, b, c]) >> 8),
            [a, b, c, d] if self.tag == FLOAT => finite(f32::from_le_bytes([a, b, c, d])).clamp(-1.0, 1.0),
            [a, b, c, d] => whole(i32::from_le_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] => double(f64::from_le_bytes([a, b, c, d, e, f, g, h])),
            _ => 0.0,
        });
        let values: Vec<f32> = values.collect();
        match usize::from(self.channels) {
            1 => values,
            channels => {
                values.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect()
            }
        }
    }

    fn frame_bytes(&self) -> usize {
        usize::from(self.channels) * usize::from(self.bits / 8)
    }

    /// The plainest header for these samples.
    fn header(&self, data_len: u32) -> [u8; 44] {
        let frame_bytes = self.frame_bytes() as u32;
        let mut header = [0; 44];
        header[..4].copy_from_slice(b"RIFF");
        header[4..8].copy_from_slice(&data_len.saturating_add(36).to_le_bytes());
        header[8..16].copy_from_slice(b"WAVEfmt ");
        header[16..20].copy_from_slice(&16u32.to_le_bytes());
        header[20..22].copy_from_slice(&self.tag.to_le_bytes());
        header[22..24].copy_from_slice(&self.channels.to_le_bytes());
        header[24..28].copy_from_slice(&self.rate_hz.to_le_bytes());
        header[28..32].copy_from_slice(&self.rate_hz.wrapping_mul(frame_bytes).to_le_bytes());
        header[32..34].copy_from_slice(&(frame_bytes as u16).to_le_bytes());
        header[34..36].copy_from_slice(&self.bits.to_le_bytes());
        header[36..40].copy_from_slice(b"data");
        header[40..].copy_from_slice(&data_len.to_le_bytes());
        header
    }
}

/// A double as we keep it: NaN and infinities count as 0, what is beyond full scale is clipped.
fn double(x: f64) -> f32 {
    if x.is_finite() { x.clamp(-1.0, 1.0) as f32 } else { 0.0 }
}

/// The little-endian number at `at`, which the caller knows to lie inside.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// The little-endian number at `at`, which the caller knows to lie inside.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
