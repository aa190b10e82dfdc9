//! The data card: the page that says what a release is, how it was made and what it is not.

use crate::columns::{ANSWER_COLUMNS, CLIP_COLUMNS, Column};
use crate::counts::{Counts, SplitCount};
use crate::escape::markdown as plain;
use crate::front_matter::front_matter;
use crate::{ANSWERS_FILE, CARD_FILE, CLIPS_FILE, SUMS_FILE};
use serde::{Deserialize, Serialize};

/// The card lists this many phrases and counts the rest: it is to be read, the table has all.
pub const PHRASES_LISTED: usize = 100;

/// With fewer speakers than this the card warns that other voices may fare differently.
const FEW_SPEAKERS: usize = 30;

/// What the data card says. Texts may hold anything; they are shown as plain text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Name of the project.
    pub project: String,
    /// Version of the release.
    pub version: String,
    /// Licence, best as an SPDX identifier.
    pub licence: String,
    /// Language of the phrases, as a BCP 47 tag.
    pub language: String,
    /// Date of the release, as `2026-01-31`.
    pub released_on: String,
    /// When the clips were recorded; `None` if there are none.
    pub collected: Option<Period>,
    /// Versions of the consent text to which speakers agreed.
    pub consent_versions: Vec<String>,
    /// How labels were decided.
    pub method: String,
    /// Version of the code that made the release.
    pub code_version: String,
    /// Share of the judged clips that were accepted, 0 to 1; `None` if none was judged.
    pub accepted_share: Option<f64>,
    /// Krippendorff's α of the answers; `None` where undefined.
    pub agreement_alpha: Option<f64>,
    /// What users must know, one sentence each.
    pub known_limits: Vec<String>,
    /// What the rows add up to.
    pub counts: Counts,
}

/// Two dates, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
}

/// The card as Markdown, with front matter for dataset hubs.
pub fn markdown(card: &Card) -> String {
    let heading = format!("# {} {}\n", plain(&card.project), plain(&card.version));
    let sections = [
        front_matter(card),
        heading,
        what_this_is(card),
        composition(card),
        how_collected(card),
        how_labelled(card),
        consent_and_licence(card),
        files_and_columns(),
        splits(&card.counts.splits),
        known_limits(card),
        withdrawals(),
        how_to_load(),
    ];
    sections.join("\n")
}

fn what_this_is(card: &Card) -> String {
    format!(
        "## What this is\n\n\
         Short recordings of prompted phrases in the language {language}. Each has a label \
         decided from people's answers, the answers themselves, and measurements of the \
         sound.\n\n\
         Version {version}, released on {released_on}, made with version {code} of the code. A \
         release never changes; what is corrected later comes as a new version.\n",
        language = plain(&card.language),
        version = plain(&card.version),
        released_on = plain(&card.released_on),
        code = plain(&card.code_version),
    )
}

fn composition(card: &Card) -> String {
    let counts = &card.counts;
    let mut facts = vec![
        ("Clips", counts.clips.to_string()),
        ("of them synthetic", counts.synthetic.to_string()),
        ("Speakers", counts.speakers.to_string()),
        ("Phrases", counts.phrases.len().to_string()),
        ("Length of all clips", duration(counts.hours)),
        ("Answers", counts.answers.to_string()),
        ("Annotators", counts.annotators.to_string()),
    ];
    if let Some(share) = card.accepted_share {
        facts.push(("Accepted of the judged clips", percent(share)));
    }
    if let Some(snr) = counts.snr_db {
        facts.push(("Signal-to-noise ratio, 10th percentile", decibels(snr.p10)));
        facts.push(("Signal-to-noise ratio, median", decibels(snr.p50)));
        facts.push(("Signal-to-noise ratio, 90th percentile", decibels(snr.p90)));
    }
    let facts = facts.into_iter().map(|(what, value)| [what.into(), value]);
    format!("## Composition\n\n{}\n{}", table(["What", "How much"], facts), phrases(counts))
}

fn phrases(counts: &Counts) -> String {
    let listed = counts.phrases.iter().take(PHRASES_LISTED);
    let rows = listed.map(|count| [plain(&count.phrase), count.clips.to_string()]);
    let mut text = table(["Phrase", "Clips"], rows);
    let unlisted = counts.phrases.len().saturating_sub(PHRASES_LISTED);
    if unlisted > 0 {
        text += &format!("\nPhrases with fewer clips, not listed here: {unlisted}.\n");
    }
    text
}

fn how_collected(card: &Card) -> String {
    let mut text = "## How it was collected\n\n".to_owned();
    if let Some(period) = &card.collected {
        let (first, last) = (plain(&period.first), plain(&period.last));
        text += &format!("Recorded from {first} to {last}. ");
    }
    let (made, all) = (card.counts.synthetic, card.counts.clips);
    if all == 0 {
        text += "This release holds no clips.\n";
        return text;
    }
    text += if made == all {
        "All clips are synthetic: a program made the sound, nobody spoke."
    } else {
        "Contributors to the project read the phrases aloud."
    };
    if made > 0 && made < all {
        text += &format!(" Clips made by a program instead (column `synthetic`): {made} of {all}.");
    }
    text += " Every clip was measured by a program (columns from `snr_db` to `report_version`) \
             and is stored as a 16 kHz mono WAV file.\n";
    text
}

fn how_labelled(card: &Card) -> String {
    let agreement = match card.agreement_alpha {
        Some(alpha) => format!(
            "Krippendorff's α of the answers is {alpha:.3} (1 is full agreement, 0 is chance). It \
             tells how hard the question was, not how right the labels are."
        ),
        None => "Krippendorff's α of the answers is undefined: too few clips have two answers, or \
                 all answers are the same."
            .to_owned(),
    };
    format!(
        "## How it was labelled\n\n\
         Annotators listened to a clip and said whether it holds its phrase. Their answers were \
         joined into one label by the method {method}; `probability` is that method's own \
         estimate of how likely the label is right. Every answer is in `{ANSWERS_FILE}` with its \
         weight, so you can decide otherwise.\n\n{agreement}\n",
        method = plain(&card.method),
    )
}

fn consent_and_licence(card: &Card) -> String {
    let versions: Vec<String> = card.consent_versions.iter().map(|v| plain(v)).collect();
    let consent = if versions.is_empty() {
        "No consent text is on record for this release.".to_owned()
    } else {
        let versions = versions.join(", ");
        format!("Versions of the consent text to which contributors agreed: {versions}.")
    };
    format!(
        "## Consent and licence\n\n{consent}\n\nLicence: {licence}.\n\n\
         A voice can identify a person. Please do not try to find out who the speakers and \
         annotators are.\n",
        licence = plain(&card.licence),
    )
}

fn files_and_columns() -> String {
    format!(
        "## Files and columns\n\n\
         - `{CLIPS_FILE}`: one row per clip.\n\
         - `{ANSWERS_FILE}`: one row per answer.\n\
         - The recordings, at the paths in the column `file`.\n\
         - `{CARD_FILE}`: this card.\n\
         - `{SUMS_FILE}`: checksums; `sha256sum --check {SUMS_FILE}` tells whether all files are \
         whole.\n\n\
         Columns of `{CLIPS_FILE}`:\n\n{clips}\n\
         Columns of `{ANSWERS_FILE}`:\n\n{answers}",
        clips = column_table(&CLIP_COLUMNS),
        answers = column_table(&ANSWER_COLUMNS),
    )
}

fn column_table(columns: &[Column]) -> String {
    let rows = columns.iter().map(|column| {
        [
            format!("`{}`", column.name),
            column.kind.as_str().to_owned(),
            column.unit.to_owned(),
            column.meaning.to_owned(),
        ]
    });
    table(["Column", "Type", "Unit", "Meaning"], rows)
}

fn splits(counts: &[SplitCount]) -> String {
    let rows = counts
        .iter()
        .map(|count| [count.split.as_str().to_owned(), count.clips.to_string(), count.speakers.to_string()]);
    format!(
        "## Splits\n\n{}\n\
         No speaker is in two splits. The SHA-1 hash of the pseudonym in `speaker` decides, by \
         the rule of Speech Commands (about 80 % of the speakers train, 10 % dev, 10 % test). \
         Pseudonyms are new in each release, so a speaker may be in another split of another \
         release: do not train on one release and test on another.\n",
        table(["Split", "Clips", "Speakers"], rows)
    )
}

fn known_limits(card: &Card) -> String {
    let counts = &card.counts;
    let mut limits: Vec<String> = card.known_limits.iter().map(|l| plain(l)).collect();
    if counts.synthetic > 0 {
        limits.push(
            "Synthetic clips do not sound like people; leave them out to learn about \
                     voices."
                .to_owned(),
        );
    }
    if counts.speakers < FEW_SPEAKERS {
        limits.push(format!("There are few speakers ({}), so results may not hold for other voices.", counts.speakers));
    }
    for empty in counts.splits.iter().filter(|count| count.clips == 0) {
        limits.push(format!("The split {} is empty.", empty.split.as_str()));
    }
    limits.push("Speakers are told apart by their accounts; someone with two accounts counts as two.".to_owned());
    let list: String = limits.iter().map(|limit| format!("- {limit}\n")).collect();
    format!("## Known limits\n\n{list}")
}

fn withdrawals() -> String {
    "## Withdrawals\n\n\
     Contributors may withdraw their consent at any time; releases made after that leave their \
     clips out. Copies that were downloaded before cannot be called back. So please look for a \
     newer release before you start, use that, and delete clips that are no longer in it.\n"
        .to_owned()
}

fn how_to_load() -> String {
    format!(
        "## How to load\n\n\
         pandas:\n\n```python\n\
         import pandas as pd; clips = pd.read_parquet(\"{CLIPS_FILE}\")\n```\n\n\
         DuckDB:\n\n```sql\n\
         SELECT split, label, count(*) FROM '{CLIPS_FILE}' GROUP BY ALL ORDER BY ALL;\n```\n\n\
         PyArrow:\n\n```python\n\
         import pyarrow.parquet as pq; clips = pq.read_table(\"{CLIPS_FILE}\")\n```\n"
    )
}

/// A Markdown table; the cells are Markdown already.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(N));
    for row in rows {
        text += &format!("| {} |\n", row.join(" | "));
    }
    text
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn decibels(value_db: f64) -> String {
    format!("{value_db:.1} dB")
}

/// In the unit that leaves a number of a readable size.
fn duration(hours: f64) -> String {
    let seconds = hours * 3600.0;
    if seconds < 60.0 {
        format!("{seconds:.1} seconds")
    } else if hours < 1.0 {
        format!("{:.1} minutes", seconds / 60.0)
    } else {
        format!("{hours:.1} hours")
    }
}
