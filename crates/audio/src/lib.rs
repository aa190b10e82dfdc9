//! Audio quality and features: one implementation for browser and server.
//!
//! Everything here is pure: samples in, numbers out. There is no I/O, no clock and no hidden
//! randomness, so the browser and the server get the same answer from the same WAV bytes, and
//! [`Report::disagreement`] can be strict.
//!
//! The way of a take:
//!
//! 1. [`wav::decode`] parses the file at the door, under [`wav::Limits`].
//! 2. [`measure`] judges the [`wav::Clip`] under a [`Policy`] and gives a [`Report`] with a
//!    [`Check`] for each measure; the [`Fault`]s are the gating checks that failed.
//! 3. [`mel::log_mel`] and [`mel::mfcc`] are the released features; [`mod@descriptors`] says in a
//!    few rows what a clip sounds like.
//! 4. [`mod@fingerprint`] recognises a recording that is handed in twice.
//!
//! What is measured, and on what:
//!
//! | Measure | On | Where |
//! |---|---|---|
//! | peak, RMS, DC offset, runs at full scale | raw samples | [`level`] |
//! | loudness (EBU R128) | raw samples | [`loudness`] |
//! | gaps of zeros, blocks played twice | raw samples | [`dropout`], [`repeat`] |
//! | noise floor, speech level, `snr-v1` | 16 kHz ([`resample`]) | [`noise`] |
//! | speech bounds, suggested trim, utterances | frames of that | [`speech`], [`utterance`] |
//! | cut at the start or end, treble | its bands ([`fft`]) | `cut`, `band` |
//! | near or far | frames of that | [`proximity`] |
//!
//! The eight faults refuse a take. Everything else is stored with it and at most warns: a
//! listener may well understand a distant voice. Accuracy is measured by `tests/corpus.rs` on a
//! spoken corpus (it needs espeak-ng) and printed with `--nocapture`.
//!
//! For the page: [`live`] starts and stops a recording, [`meter`] shows the level meanwhile,
//! [`view`] draws the take. For the demo and for tests: [`synth`] speaks.
//!
//! ```
//! use audio::{Policy, measure, synth, wav};
//!
//! let word = synth::speech(1, "alexa", &synth::Voice::default(), 48_000);
//! let take = synth::scene(&word, 400, 400, -60.0, 1, 48_000);
//! let file = wav::encode_pcm16(&take, 48_000);
//! let clip = wav::decode(&file, &wav::Limits::default())?;
//! assert_eq!(measure(&clip, &Policy::default()).first_fault(), None);
//! # Ok::<(), wav::WavError>(())
//! ```

mod agreement;
mod band;
mod checks;
mod cut;
mod decode;
mod fault;
mod policy;
mod policy_fields;

pub mod descriptors;
pub mod dropout;
pub mod fft;
pub mod fingerprint;
#[cfg(feature = "flac")]
pub mod flac;
pub mod frame;
pub mod level;
pub mod live;
pub mod loudness;
pub mod mel;
pub mod meter;
pub mod noise;
pub mod npy;
pub mod pitch;
pub mod proximity;
pub mod repeat;
pub mod report;
pub mod resample;
pub mod speech;
pub mod synth;
pub mod utterance;
pub mod view;
pub mod wav;

pub use checks::{Check, Verdict};
pub use decode::{DecodeError, decode};
pub use fault::Fault;
pub use policy::{Policy, PolicyError};
pub use policy_fields::PolicyField;
pub use report::{Report, measure};

/// The version of this crate; every [`Report`] carries it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
