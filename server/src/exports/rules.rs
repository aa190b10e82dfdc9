//! What a release is called, and how its rows are made. Pure decisions.

use super::model::{AnswerOf, Eligible};
use crate::platform::problem::Problem;
use crate::verdicts::{self, Counted, Fit};
use dataset::{AnswerRow, ClipRow, pseudonym, split_of};
use std::collections::BTreeMap;
use wire::CaptureSettings;

/// What every release says about its limits.
pub const KNOWN_LIMITS: [&str; 4] = [
    "Contributors choose themselves to take part; they do not represent any population.",
    "Demographics are not collected, so error by group cannot be told.",
    "Labels are the agreement of a few listeners; probabilities are calibrated on gold once there is enough of it, and may be too sure before.",
    "A voice can be recognised by people who know it; the pseudonyms do not change that.",
];

/// A semantic version of three numbers.
///
/// # Errors
/// 422 `invalid_version`.
pub fn version(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let parts: Vec<&str> = text.split('.').collect();
    let number = |part: &&str| {
        !part.is_empty()
            && part.len() <= 6
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
    };
    if parts.len() != 3 || !parts.iter().all(number) {
        return Err(Problem::invalid("invalid_version", "Give a version of three numbers, such as 1.0.0."));
    }
    Ok(text.to_owned())
}

/// A phrase as a folder name: letters and digits of any script, the rest as underscores.
pub fn slug(phrase: &str) -> String {
    let text: String = phrase.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    text.trim_matches('_').to_owned()
}

/// Paths as Speech Commands names them: `clips/<phrase>/<speaker>_nohash_<n>.wav`, numbered in
/// the order of the clips.
pub fn paths(eligible: &[Eligible], key: &[u8; 32]) -> Vec<(String, String)> {
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    eligible
        .iter()
        .map(|clip| {
            let speaker = pseudonym(key, &format!("speaker:{}", clip.speaker_id));
            let folder = slug(&clip.phrase);
            let n = counts.entry((folder.clone(), speaker.clone())).or_default();
            let path = format!("clips/{folder}/{speaker}_nohash_{n}.wav");
            *n += 1;
            (speaker, path)
        })
        .collect()
}

/// How many heard the phrase of each clip, and how many did not.
pub fn votes(answers: &[AnswerOf]) -> BTreeMap<&str, (i32, i32)> {
    let mut votes: BTreeMap<&str, (i32, i32)> = BTreeMap::new();
    for answer in answers {
        let (yes, no) = votes.entry(&answer.clip_id).or_default();
        match answer.label.as_str() {
            "yes" => *yes += 1,
            "no" => *no += 1,
            _ => {}
        }
    }
    votes
}

/// The clips whose label the batch fit confirms, as the fit says it, and how many others the site
/// had accepted.
pub fn fitted(clips: Vec<Eligible>, fit: &Fit) -> (Vec<Eligible>, usize) {
    let eligible = clips.len();
    let confirmed = |clip: Eligible| {
        let fitted = fit.verdict(clip.item_id).filter(|fitted| fitted.sure && fitted.label == "yes")?;
        let evidence = serde_json::to_string(&fitted.evidence).ok()?;
        Some(Eligible { probability: fitted.probability, method: fitted.evidence.method, evidence, ..clip })
    };
    let confirmed: Vec<Eligible> = clips.into_iter().filter_map(confirmed).collect();
    let left_out = eligible - confirmed.len();
    (confirmed, left_out)
}

/// What a release says about clips that the site had accepted and the fit does not confirm.
pub fn left_out_words(left_out: usize) -> Option<String> {
    let (clips, their) = match left_out {
        0 => return None,
        1 => ("One recording that listeners had accepted is".to_owned(), "its"),
        more => (format!("{more} recordings that listeners had accepted are"), "their"),
    };
    Some(format!("{clips} left out: by all answers taken together, {their} label is not certain enough."))
}

/// The table row of a clip without the answers on it; `None` when its stored report cannot be read.
pub fn clip_row(clip: &Eligible, speaker: &str, path: &str, sha256: &str, language: &str) -> Option<ClipRow> {
    let report: audio::Report = serde_json::from_str(&clip.report).ok()?;
    let settings: CaptureSettings = serde_json::from_str(&clip.settings).unwrap_or_default();
    let int = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    Some(ClipRow {
        clip_id: clip.clip_id.clone(),
        file: path.to_owned(),
        sha256: sha256.to_owned(),
        original_file: None,
        original_sha256: clip.sha256.clone(),
        speaker: speaker.to_owned(),
        phrase: clip.phrase.clone(),
        language: language.to_owned(),
        // Only accepted clips leave: the listeners agreed that they heard the phrase.
        label: clip.phrase.clone(),
        probability: clip.probability,
        answers: i32::try_from(clip.answers).unwrap_or(i32::MAX),
        yes_answers: 0,
        no_answers: 0,
        method: clip.method.clone(),
        length_ms: int(report.length_ms),
        rate_hz: int(report.rate_hz),
        snr_db: report.snr_db,
        noise_floor_dbfs: report.noise_floor_dbfs,
        speech_level_dbfs: report.speech_level_dbfs,
        peak_dbfs: report.peak_dbfs,
        rms_dbfs: report.rms_dbfs,
        dc_offset: report.dc_offset,
        clipped_ratio: report.clipped_ratio,
        speech_start_ms: int(report.speech_start_ms),
        speech_end_ms: int(report.speech_end_ms),
        report_version: report.version,
        device: None,
        echo_cancellation: settings.echo_cancellation,
        noise_suppression: settings.noise_suppression,
        auto_gain_control: settings.auto_gain_control,
        age: None,
        gender: None,
        accent: None,
        synthetic: clip.synthetic == 1,
        parent_clip_id: None,
        augmentation: None,
        split: split_of(speaker).as_str().to_owned(),
    })
}

/// The table row of an answer; `counted` is what the verdict says about it. An answer that came
/// after the verdict, or says neither yes nor no, did not count.
pub fn answer_row(answer: &AnswerOf, key: &[u8; 32], counted: Option<&Counted>) -> AnswerRow {
    #[expect(clippy::cast_precision_loss, reason = "at most a day of milliseconds")]
    let seconds = answer.duration_ms as f64 / 1000.0;
    AnswerRow {
        clip_id: answer.clip_id.clone(),
        annotator: pseudonym(key, &format!("annotator:{}", answer.person_id)),
        label: answer.label.clone(),
        reason: answer.reason.clone(),
        seconds,
        weight: counted.map_or(0.0, verdicts::weight),
        counted: counted.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_three_numbers() {
        assert!(version("1.0.0").is_ok() && version(" 10.2.33 ").is_ok());
        for bad in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "-1.0.0"] {
            assert!(version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_folder_name_has_no_dots_or_slashes() {
        assert_eq!(slug("Hey, Computer!"), "hey__computer");
        assert_eq!(slug("../etc/passwd"), "etc_passwd");
    }
}
