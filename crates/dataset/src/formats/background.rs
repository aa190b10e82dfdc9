//! Background noise out of the pauses of recordings: what a room sounds like while nobody speaks.

use crate::error::DatasetError;
use crate::formats::audio_parquet::SoundRow;
use crate::split::Split;
use audio::resample::RATE_HZ;
use audio::wav;

/// Samples of a millisecond.
const SAMPLES_PER_MS: usize = RATE_HZ as usize / 1_000;

/// Milliseconds on both sides of speech that are left out.
const MARGIN_MS: usize = 100;

/// Shorter pauses are of no use, in ms.
const PAUSE_MIN_MS: usize = 50;

/// Over which a pause is faded in and out, in ms, so that no click is heard between two.
const FADE_MS: usize = 5;

/// Training scripts cut stretches of a second: shorter noise is of no use to them.
const NOISE_MIN_MS: usize = 1_000;

/// Pauses one after another.
pub(crate) struct Background {
    samples: Vec<f32>,
    samples_max: usize,
}

impl Background {
    /// Nothing yet, and never more than so many bytes of 16-bit samples.
    pub(crate) fn new(max_bytes: u64) -> Background {
        Background { samples: Vec::new(), samples_max: usize::try_from(max_bytes / 2).unwrap_or(usize::MAX) }
    }

    /// Takes the pauses of a recording of train; what people of dev and test have around them is left
    /// for the measurement, and variants repeat their parents.
    pub(crate) fn listen(&mut self, row: &SoundRow) -> Result<(), DatasetError> {
        let wanted = row.clip.split == Split::Train.as_str() && row.clip.parent_clip_id.is_none();
        if !wanted || self.samples.len() >= self.samples_max {
            return Ok(());
        }
        let unreadable = |error: wav::WavError| DatasetError::Io(std::io::Error::other(error.to_string()));
        let sound = wav::decode(&row.wav, &wav::Limits::default()).map_err(unreadable)?.samples;
        let ms = |value: i32| usize::try_from(value).unwrap_or(0);
        let before = ms(row.clip.speech_start_ms).saturating_sub(MARGIN_MS) * SAMPLES_PER_MS;
        let after = (ms(row.clip.speech_end_ms) + MARGIN_MS) * SAMPLES_PER_MS;
        for pause in [sound.get(..before), sound.get(after..)].into_iter().flatten() {
            self.add(pause);
        }
        Ok(())
    }

    fn add(&mut self, pause: &[f32]) {
        let pause = &pause[..pause.len().min(self.samples_max - self.samples.len())];
        if pause.len() < PAUSE_MIN_MS * SAMPLES_PER_MS {
            return;
        }
        let faded = FADE_MS * SAMPLES_PER_MS;
        self.samples.extend(pause.iter().enumerate().map(|(at, sample)| {
            let from_edge = at.min(pause.len() - 1 - at).min(faded);
            sample * from_edge as f32 / faded as f32
        }));
    }

    /// The noise as a WAV file, if there is enough of it.
    pub(crate) fn wav(&self) -> Option<Vec<u8>> {
        let enough = self.samples.len() >= NOISE_MIN_MS * SAMPLES_PER_MS;
        enough.then(|| wav::encode_pcm16(&self.samples, RATE_HZ))
    }
}
