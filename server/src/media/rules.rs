//! Is a recording usable, and in which words is it refused? Pure decisions.

use super::model::{Alike, Likeness, Outcome, Print};
use crate::platform::clock::DAY_US;
use audio::{
    Fault, Report,
    fingerprint::{Fingerprint, NEAR_DUPLICATE_RATE},
};

/// How long a recording's pay may wait for a decision: 7 days.
pub const DECIDE_WITHIN_US: i64 = 7 * DAY_US;

/// Said of a clip that is like an earlier one of its speaker.
pub const HELD: &str = "This sounds like an earlier recording of yours. Somebody will listen to both before it is paid; you need not do anything.";

/// Decides from what the server measured, and what the client said it had measured.
pub fn decide(server: &Report, client: Option<&Report>) -> Outcome {
    if let Some(fault) = server.first_fault() {
        return Outcome::Refused(fault.code().to_owned());
    }
    // Both ran the same code on the same samples; another version, or a policy that was changed
    // in between, may rightly differ.
    let lied = client.is_some_and(|client| server.is_comparable(client) && server.disagreement(client).is_some());
    if lied { Outcome::Refused("report_mismatch".to_owned()) } else { Outcome::Verified }
}

/// Loudness that clips which may upset are brought to, LUFS.
const LOUDNESS_LUFS: f64 = -16.0;
/// Highest true peak after that, dBTP.
const PEAK_DBTP: f64 = -1.0;
/// How far the true peak may lie above the highest sample: at most 3 dB at four times oversampling and
/// frequencies below a quarter of the rate (ITU-R BS.1770-4, Annex 2).
const OVERSHOOT_DB: f64 = 3.0;

/// The gain that brings a clip to the common loudness, as far as its peaks allow. Without a loudness (a
/// clip below 400 ms) only its peaks count, and it gets no louder.
pub fn gain_db(loudness_lufs: Option<f64>, peak_dbfs: f64) -> f64 {
    let wanted = loudness_lufs.map_or(0.0, |loudness| LOUDNESS_LUFS - loudness);
    let most = PEAK_DBTP - OVERSHOOT_DB - peak_dbfs;
    wanted.min(most)
}

/// The earlier take that a clip is most like, if it is like any: the same file, the same
/// samples, or a fingerprint nearer than two takes of one person come.
pub fn most_alike(clip: &Print, earlier: &[Print]) -> Option<Alike> {
    let of = |print: &Print, likeness, bit_error_rate| Alike { earlier: print.clip_id, likeness, bit_error_rate };
    if let Some(print) = earlier.iter().find(|print| print.sha256 == clip.sha256) {
        return Some(of(print, Likeness::File, 0.0));
    }
    if let Some(print) = earlier.iter().find(|print| print.pcm_sha256 == clip.pcm_sha256) {
        return Some(of(print, Likeness::Samples, 0.0));
    }
    // One of another specification cannot be read, and is not compared.
    let sound = |print: &Print| print.fingerprint.parse::<Fingerprint>().ok();
    let own = sound(clip)?;
    let rates = earlier.iter().filter_map(|print| Some((print, own.bit_error_rate(&sound(print)?)?)));
    let (print, rate) = rates.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (rate < NEAR_DUPLICATE_RATE).then(|| of(print, Likeness::Sound, rate))
}

/// A refusal in words that the contributor can act on.
pub fn sentence(code: &str) -> String {
    if let Some(fault) = Fault::from_code(code) {
        return fault.sentence().to_owned();
    }
    match code {
        "report_mismatch" => {
            "What your browser measured does not fit this file. Reload the page and record again.".to_owned()
        }
        "not_verifiable" => "We could not check this recording. It was our fault, and you are paid for it.".to_owned(),
        "duplicate" => {
            "This is the same recording as an earlier one of yours. Say the phrase anew for each task.".to_owned()
        }
        "not_accepted" => "The people who listened did not hear the phrase, whole and clear.".to_owned(),
        code => format!("This file is not a WAV recording that we can read ({code}). Record again in the browser."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use audio::{Policy, synth};

    fn report() -> Report {
        let speech = synth::speech(1, "Alexa", &synth::Voice::ALL[0], 48_000);
        let samples = synth::scene(&speech, 400, 400, -70.0, 1, 48_000);
        let clip = audio::wav::Clip { rate_hz: 48_000, channels: 1, bits: 16, samples };
        audio::measure(&clip, &Policy::default())
    }

    #[test]
    fn the_server_s_own_measurement_decides() {
        let good = report();
        assert_eq!(decide(&good, Some(&good)), Outcome::Verified);
        assert_eq!(decide(&good, None), Outcome::Verified);
        let mut bad = good.clone();
        bad.faults = vec![Fault::Clipped];
        assert_eq!(decide(&bad, Some(&good)), Outcome::Refused("clipped".into()));
    }

    #[test]
    fn a_client_that_reports_another_file_is_refused_unless_its_version_differs() {
        let good = report();
        let mut other = good.clone();
        other.peak_dbfs -= 3.0;
        assert_eq!(decide(&good, Some(&other)), Outcome::Refused("report_mismatch".into()));
        other.version = "0.0.1".into();
        assert_eq!(decide(&good, Some(&other)), Outcome::Verified);
    }
}
