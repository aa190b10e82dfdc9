//! Whether a take starts or ends in the middle of sound.
//!
//! A whole take has a pause on each side. So the sound at an edge is compared with the
//! background, band by band: in hum or in the noise of a street much of a voice lies free, and a
//! band's own unsteadiness tells how far it swings without anybody speaking.

use crate::Policy;
use crate::band::{BANDS, Bands, Splitter};
use crate::frame::{power_db, ratio, sorted};
use crate::noise::{FRAME_HOP, FRAME_LEN, NoiseProfile, noise_power};

/// Stretches of frames from the edge, 20 ms every 10 ms: the first 30 ms, the first 60 ms, and,
/// since speech pauses before it bursts (p, t, k), 40 to 80 ms.
const STRETCHES: [std::ops::Range<usize>; 3] = [0..2, 0..5, 4..7];

/// How far steady noise spreads in each band, in dB: the narrower the band, the further. A band
/// may be this unsteady by chance.
const STEADY_DB: Bands = [3.0, 2.2, 1.6, 1.25, 1.6, 0.9];

/// A background that is in most bands this many times less steady is made of events, as voices
/// are, which swing further than their quietest moments tell.
const EVENTFUL: (f64, f64) = (1.05, 2.2);

/// So much further, and so far all bands together, in dB.
const EVENT_SWING: f64 = 1.7;
const EVENT_SPREAD_DB: f64 = 5.0;

/// Sound within this of the speech level is speech, unless the noise is nearly as loud.
const LOUD_RANGE_DB: f64 = 10.0;

/// The spread that such loud sound is measured by, in dB.
const LOUD_SPREAD_DB: f64 = 7.5;

/// How far the sound at each edge rises over the background, in multiples of the background's
/// own spread; 0 if it is `cut_range_db` or more below the speech. Above `cut_noise_ratio` the
/// take is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Edges {
    pub start: f64,
    pub end: f64,
}

/// Looks at both edges of a take whose frames were split into `bands`.
pub(crate) fn edges(profile: &NoiseProfile, bands: &[Bands], splitter: &mut Splitter, policy: &Policy) -> Edges {
    let background = Background::new(bands);
    let least = profile.speech_power * ratio(-policy.cut_range_db);
    let samples = &profile.samples;
    let last_frame = samples.len().saturating_sub(FRAME_LEN);
    let frames = STRETCHES.map(|stretch| stretch.end).into_iter().max().unwrap_or_default();
    let places = (0..frames).map(|i| i * FRAME_HOP).filter(|place| *place <= last_frame);
    let mut split = |place: usize| samples.get(place..place + FRAME_LEN).map(|frame| splitter.split(frame));
    let start: Vec<Bands> = places.clone().filter_map(&mut split).collect();
    // Counted from the very end, which need not be the end of a frame.
    let end: Vec<Bands> = places.filter_map(|place| split(last_frame - place)).collect();
    Edges { start: background.rise(&start, profile, least), end: background.rise(&end, profile, least) }
}

/// What the quiet moments of a take sound like.
struct Background {
    noise: Bands,
    spread_db: Bands,
    /// 0 for steady noise to 1 for a background of events.
    eventful: f64,
}

impl Background {
    fn new(bands: &[Bands]) -> Background {
        let mut noise = [0.0; BANDS];
        let mut spread_db = [0.0; BANDS];
        for band in 0..BANDS {
            // Two frames together, lest mains hum beats with the frame rate.
            let powers: Vec<f64> = bands.windows(2).map(|pair| (pair[0][band] + pair[1][band]) / 2.0).collect();
            noise[band] = noise_power(&powers);
            spread_db[band] = quiet_spread_db(&powers);
        }
        let unsteady: Bands = std::array::from_fn(|band| spread_db[band] / STEADY_DB[band]);
        let unsteady = sorted(&unsteady);
        let eventful = (unsteady[BANDS / 2] - EVENTFUL.0) / (EVENTFUL.1 - EVENTFUL.0);
        Background { noise, spread_db, eventful: eventful.clamp(0.0, 1.0) }
    }

    /// The largest rise of any stretch at an edge, whose frames come from the edge inwards.
    fn rise(&self, edge: &[Bands], profile: &NoiseProfile, least: f64) -> f64 {
        let stretches =
            STRETCHES.into_iter().filter_map(|stretch| edge.get(stretch.start..stretch.end.min(edge.len())));
        stretches.map(|frames| self.rise_of(&mean(frames), profile, least)).fold(0.0, f64::max)
    }

    fn rise_of(&self, bands: &Bands, profile: &NoiseProfile, least: f64) -> f64 {
        let excess: f64 = bands.iter().zip(&self.noise).map(|(power, noise)| (power - noise).max(0.0)).sum();
        if excess <= least {
            return 0.0;
        }
        let swing = 1.0 + (EVENT_SWING - 1.0) * self.eventful;
        let rises = (0..BANDS).map(|band| {
            let spread_db = self.spread_db[band].max(STEADY_DB[band]);
            power_db(bands[band] / self.noise[band]) / (spread_db * swing)
        });
        let mut rise = rises.fold(0.0, f64::max);
        let total: f64 = bands.iter().sum();
        let over_noise_db = power_db(total / profile.noise_power);
        if self.eventful > 0.0 {
            rise = rise.max(over_noise_db / EVENT_SPREAD_DB);
        }
        if total > profile.speech_power * ratio(-LOUD_RANGE_DB) {
            rise = rise.max(over_noise_db / LOUD_SPREAD_DB);
        }
        rise
    }
}

/// How far the quietest 30 % of a band's frames spread: the mean of their loudest third over that
/// of their quietest, in dB. Speech, which is louder, does not reach it.
fn quiet_spread_db(powers: &[f64]) -> f64 {
    let powers = sorted(powers);
    let quiet = &powers[..(powers.len() * 3 / 10).max(3).min(powers.len())];
    let third = quiet.len().div_ceil(3);
    let level = |powers: &[f64]| noise_power(powers);
    power_db(level(&quiet[quiet.len() - third..]) / level(&quiet[..third]))
}

fn mean(frames: &[Bands]) -> Bands {
    std::array::from_fn(|band| frames.iter().map(|bands| bands[band]).sum::<f64>() / frames.len().max(1) as f64)
}
