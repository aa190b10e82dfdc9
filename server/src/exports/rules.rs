//! What a release is called, and how its rows are made. Pure decisions.

use super::model::{AnswerOf, Facts, NewRelease, Options, Speaker, StoredRow, StoredVariant};
use super::names::Names;
use crate::batches::ItemId;
use crate::platform::{ids::sha256_hex, problem::Problem};
use crate::verdicts::{self, Counted, Evidence, Fit, Fitted};
use dataset::augment::{self, Recipe};
use dataset::release::version::Version;
use dataset::{About, AnswerRow, ClipRow, Format, PhraseCount};
use std::collections::HashMap;
use wire::CaptureSettings;

/// What every release says about its limits.
pub const KNOWN_LIMITS: [&str; 3] = [
    "Contributors choose themselves to take part; they do not represent any population.",
    "Labels are the agreement of a few listeners; probabilities are calibrated on gold once there is enough of it, and may be too sure before.",
    "A voice can be recognised by people who know it; the pseudonyms do not change that.",
];

/// Smallest limit of an archive: one clip fits.
const SHARD_MIN_BYTES: u64 = 1 << 16;

/// Most variants of a recording.
const VARIANTS_MAX: usize = 8;

/// A semantic version of three numbers.
///
/// # Errors
/// 422 `invalid_version`.
pub fn version(text: &str) -> Result<Version, Problem> {
    let wrong = |_| Problem::invalid("invalid_version", "Give a version of three numbers, such as 1.0.0.");
    text.trim().parse().map_err(wrong)
}

/// What was asked for, with the defaults.
///
/// # Errors
/// 422 `invalid_release`.
pub fn options(new: &NewRelease) -> Result<Options, Problem> {
    let default = Options::default();
    let mut formats = new.formats.clone().unwrap_or(default.formats);
    formats.sort_unstable();
    formats.dedup();
    let options = Options {
        filter: new.filter.clone().unwrap_or_default(),
        formats,
        originals: new.originals.unwrap_or(true),
        access: new.access.unwrap_or_default(),
        shard_max_bytes: new.shard_max_bytes.unwrap_or(default.shard_max_bytes),
        variants: new.variants.clone().unwrap_or_default(),
        keywords: new.keywords.clone().unwrap_or_default(),
    };
    if options.variants.recipes.len() > VARIANTS_MAX {
        return Err(Problem::invalid("invalid_release", "A recording may have up to eight variants."));
    }
    if let Some(reason) = options.variants.recipes.iter().find_map(Recipe::refusal) {
        return Err(Problem::invalid("invalid_release", reason));
    }
    if !(SHARD_MIN_BYTES..=default.shard_max_bytes).contains(&options.shard_max_bytes) {
        return Err(Problem::invalid("invalid_release", "An archive may have 64 KiB to 1 GiB."));
    }
    if !(0.0..=1.0).contains(&options.filter.probability_min) {
        return Err(Problem::invalid("invalid_release", "A probability is 0 to 1."));
    }
    Ok(options)
}

/// A keyword that nobody is asked to say would leave a model without an example.
///
/// # Errors
/// 422 `invalid_release` names it.
pub fn keywords(keywords: &[String], phrases: &[String]) -> Result<(), Problem> {
    let Some(unknown) = keywords.iter().find(|keyword| !phrases.contains(keyword)) else { return Ok(()) };
    let known = phrases.iter().map(|phrase| format!("“{phrase}”")).collect::<Vec<String>>().join(", ");
    let detail = format!("Nobody is asked to say the keyword “{unknown}” in this project. Choose from {known}.");
    Err(Problem::invalid("invalid_release", detail))
}

/// The first thing that nobody has told yet though every release must say it: its name, and what
/// to do.
pub fn untold(about: &About, licence: &str) -> Option<(&'static str, &'static str)> {
    let facts = [
        ("description", about.description.trim().is_empty(), "say in a sentence or two what the dataset is"),
        ("license", licence.trim().is_empty(), "choose a licence"),
        ("url", about.url.trim().is_empty(), "say at which address the dataset is published"),
        ("creator", about.creator.trim().is_empty(), "say who publishes the dataset"),
        (
            "rai:annotatorDemographics",
            about.annotator_demographics.trim().is_empty(),
            "say who the annotators are as a group, or that it is not known",
        ),
        (
            "rai:dataBiases",
            about.biases.iter().all(|line| line.trim().is_empty()),
            "say who is over- or underrepresented, or that it is not known",
        ),
        (
            "rai:dataReleaseMaintenancePlan",
            about.maintenance.trim().is_empty(),
            "say who looks after the dataset, and for how long",
        ),
    ];
    facts.into_iter().find(|(_, blank, _)| *blank).map(|(field, _, advice)| (field, advice))
}

/// A phrase as a folder name: letters and digits of any script, the rest as underscores.
pub fn slug(phrase: &str) -> String {
    let text: String = phrase.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let text = text.trim_matches('_');
    if text.is_empty() { "unnamed".to_owned() } else { text.to_owned() }
}

/// Path as Speech Commands names it: `clips/<phrase>/<speaker>_nohash_<n>.wav`.
pub fn path(phrase: &str, speaker: &str, take: i64) -> String {
    format!("clips/{}/{speaker}{}{take}.wav", slug(phrase), dataset::split::NOHASH)
}

/// What is said in the recording at this path: the phrase in whose folder it lies.
pub fn said(path: &str, phrases: &[PhraseCount]) -> String {
    let folder = path.split('/').nth(1).unwrap_or_default();
    let phrase = phrases.iter().map(|count| &count.phrase).find(|phrase| slug(phrase) == folder);
    phrase.map_or_else(|| folder.to_owned(), String::clone)
}

/// What the batch fit says about a clip that the site has accepted, if it confirms it.
pub fn confirmed(item: ItemId, fit: &Fit) -> Option<Fitted> {
    fit.verdict(item).filter(|fitted| fitted.sure && fitted.label == "yes")
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

/// The table row of a clip, given all answers on it; `None` when its stored report cannot be read.
pub fn clip_row(row: &StoredRow, told: &Speaker, facts: &Facts, answers: &[AnswerOf]) -> Option<ClipRow> {
    let report: audio::Report = serde_json::from_str(row.report.as_deref()?).ok()?;
    let settings: CaptureSettings = serde_json::from_str(&row.settings).unwrap_or_default();
    let said =
        |label: &str| i32::try_from(answers.iter().filter(|answer| answer.label == label).count()).unwrap_or(i32::MAX);
    let told = ClipRow {
        clip_id: row.clip_id.clone(),
        file: row.path.clone(),
        sha256: row.sha256.clone(),
        original_file: row.original_path.clone(),
        original_sha256: row.original_sha256.clone(),
        speaker: row.speaker.clone(),
        phrase: row.phrase.clone(),
        language: facts.language.clone(),
        // Only accepted clips leave: the listeners agreed that they heard the phrase.
        label: row.phrase.clone(),
        probability: row.probability,
        answers: i32::try_from(answers.len()).unwrap_or(i32::MAX),
        yes_answers: said("yes"),
        no_answers: said("no"),
        method: row.method.clone(),
        device: told.device.clone(),
        echo_cancellation: settings.echo_cancellation,
        noise_suppression: settings.noise_suppression,
        auto_gain_control: settings.auto_gain_control,
        age: told.age.clone(),
        gender: told.gender.clone(),
        accent: told.accent.clone(),
        synthetic: row.synthetic == 1,
        parent_clip_id: None,
        augmentation: None,
        split: row.split.clone(),
        ..ClipRow::default()
    };
    Some(measured(told, report))
}

/// The row with what was measured on its sound.
fn measured(row: ClipRow, report: audio::Report) -> ClipRow {
    let int = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    ClipRow {
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
        ..row
    }
}

/// The recipes for one clip: the same, each with a seed of its own, so that no two clips are laid under
/// the same noise.
pub fn recipes(wanted: &[Recipe], clip_id: &str) -> Vec<Recipe> {
    let own = u32::from_str_radix(&sha256_hex(clip_id.as_bytes())[..8], 16).unwrap_or_default();
    wanted.iter().map(|recipe| Recipe { seed: recipe.seed ^ u64::from(own), ..recipe.clone() }).collect()
}

/// Id and path of a clip's variant.
///
/// # Errors
/// None that these types can cause.
pub fn variant_name(
    clip_id: &str,
    path: &str,
    number: u32,
    recipe: &Recipe,
) -> Result<(String, String), dataset::DatasetError> {
    let parent = ClipRow { clip_id: clip_id.to_owned(), file: path.to_owned(), ..ClipRow::default() };
    augment::variant(&parent, number, recipe).map(|row| (row.clip_id, row.file))
}

/// The table row of a variant, given its parent's: nobody answered about it. `None` when what is stored
/// cannot be read.
pub fn variant_row(parent: &ClipRow, stored: &StoredVariant) -> Option<ClipRow> {
    let recipe: Recipe = serde_json::from_str(&stored.recipe).ok()?;
    let row = augment::variant(parent, u32::try_from(stored.number).ok()?, &recipe).ok()?;
    let row = ClipRow { sha256: stored.sha256.clone(), answers: 0, yes_answers: 0, no_answers: 0, ..row };
    Some(measured(row, serde_json::from_str(&stored.report).ok()?))
}

/// The rows of the answers on a clip, in the order of their table.
pub fn answer_rows(row: &StoredRow, answers: &[AnswerOf], names: &Names) -> Vec<AnswerRow> {
    let evidence: Option<Evidence> = serde_json::from_str(&row.evidence).ok();
    let counted: HashMap<&str, &Counted> =
        evidence.iter().flat_map(|evidence| &evidence.counted).map(|one| (one.id.as_str(), one)).collect();
    let mut rows: Vec<AnswerRow> = answers
        .iter()
        .map(|answer| answer_row(answer, names, counted.get(answer.answer_id.as_str()).copied()))
        .collect();
    rows.sort_by(dataset::parquet::answer_order);
    rows
}

/// The table row of an answer; `counted` is what the verdict says about it. An answer that came
/// after the verdict, or says neither yes nor no, did not count.
fn answer_row(answer: &AnswerOf, names: &Names, counted: Option<&Counted>) -> AnswerRow {
    #[expect(clippy::cast_precision_loss, reason = "at most a day of milliseconds")]
    let seconds = answer.duration_ms as f64 / 1000.0;
    AnswerRow {
        clip_id: answer.clip_id.clone(),
        annotator: names.annotator(&answer.person_id),
        label: answer.label.clone(),
        reason: answer.reason.clone(),
        seconds,
        weight: counted.map_or(0.0, verdicts::weight),
        counted: counted.is_some(),
    }
}

/// Krippendorff's α of yes and no answers, counted clip by clip (K. Krippendorff, "Computing
/// Krippendorff's Alpha-Reliability", 2011, nominal data): memory does not grow with answers.
#[derive(Debug, Default)]
pub struct Agreement {
    observed: f64,
    yes: f64,
    no: f64,
}

impl Agreement {
    /// Adds a clip.
    pub fn clip(&mut self, row: &ClipRow) {
        let (yes, no) = (f64::from(row.yes_answers), f64::from(row.no_answers));
        if yes + no >= 2.0 {
            self.observed += 2.0 * yes * no / (yes + no - 1.0);
            self.yes += yes;
            self.no += no;
        }
    }

    /// 1 is full agreement, 0 chance; `None` where undefined.
    pub fn alpha(&self) -> Option<f64> {
        let expected = 2.0 * self.yes * self.no / (self.yes + self.no - 1.0);
        (expected > 0.0).then(|| 1.0 - self.observed / expected)
    }
}

/// Whether a release includes a format.
pub fn has(options: &Options, format: Format) -> bool {
    options.formats.contains(&format)
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
        assert_eq!(slug("!"), "unnamed");
    }

    #[test]
    fn what_is_left_out_is_said_in_words() {
        assert_eq!(left_out_words(0), None);
        assert!(left_out_words(1).unwrap().starts_with("One recording that listeners had accepted is left out"));
        assert!(left_out_words(2).unwrap().starts_with("2 recordings that listeners had accepted are left out"));
    }

    #[test]
    fn agreement_counted_by_clips_is_that_of_all_answers() {
        let clips = [(2, 0), (1, 1), (3, 1), (0, 2), (1, 0)];
        let (mut agreement, mut votes) = (Agreement::default(), Vec::new());
        for (clip, (yes_answers, no_answers)) in clips.into_iter().enumerate() {
            agreement.clip(&ClipRow { yes_answers, no_answers, ..ClipRow::default() });
            votes.extend((0..yes_answers + no_answers).map(|rater| (clip, rater, rater < yes_answers)));
        }
        let (ours, theirs) = (agreement.alpha().unwrap(), consensus::krippendorff_alpha(&votes).unwrap());
        assert!((ours - theirs).abs() < 1e-12, "{ours} {theirs}");
    }
}
