//! The YAML at the top of the data card, by which dataset hubs index it.

use crate::anonymity::Access;
use crate::documents::card::Card;
use crate::escape::yaml;
use crate::formats::Format;
use crate::split::Split;
use crate::{ANSWERS_FILE, CLIPS_FILE};

/// Licences that the hub knows, in its spelling: the SPDX identifier in lower case.
const HUB_LICENCES: [&str; 11] = [
    "apache-2.0",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0",
    "cc-by-sa-4.0",
    "cc0-1.0",
    "mit",
    "odc-by",
    "pddl",
];

/// The hub's size categories: the number of clips below which each applies.
const SIZES: [(usize, &str); 6] = [
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
];

/// What users of a hub agree to before they download.
const PROMPT: &str = "A voice can identify a person. Please agree not to try to find out who the speakers and \
                      annotators are, and to delete withdrawn clips within 30 days.";

/// Front matter between its `---` lines: licence, language, name, task, size, who made it, what
/// users agree to, and which file holds which table.
pub(crate) fn front_matter(card: &Card) -> String {
    let name = yaml(&format!("{} {}", card.project, card.version));
    let spoken = if card.counts.synthetic == card.counts.clips { "machine-generated" } else { "crowdsourced" };
    let mut lines = vec![
        "---".to_owned(),
        licence(&card.licence),
        language(&card.language),
        format!("pretty_name: {name}"),
        format!("size_categories:\n- {}", size(card.counts.clips)),
        "task_categories:\n- audio-classification".to_owned(),
        "annotations_creators:\n- crowdsourced".to_owned(),
        format!("language_creators:\n- {spoken}"),
        "source_datasets:\n- original".to_owned(),
        "tags:\n- audio\n- keyword-spotting\n- wake-word".to_owned(),
    ];
    if card.access == Access::Contract {
        lines.push(format!("extra_gated_prompt: {}", yaml(PROMPT)));
        lines.push("extra_gated_fields:\n  I agree not to identify speakers: checkbox".to_owned());
        lines.push("  I agree to delete withdrawn clips within 30 days: checkbox".to_owned());
    }
    lines.push(configs(card));
    lines.push("---\n".to_owned());
    lines.join("\n")
}

/// The tables by name; the first is what `load_dataset` takes when asked for nothing else.
fn configs(card: &Card) -> String {
    let mut lines = vec!["configs:".to_owned()];
    if card.formats.contains(&Format::AudioParquet) {
        lines.push("- config_name: audio\n  default: true\n  data_files:".to_owned());
        let filled = card.counts.splits.iter().filter(|count| count.clips > 0);
        for split in filled.map(|count| count.split) {
            let path = crate::formats::audio_parquet::path(&format!("{}-*", split.as_str()));
            lines.push(format!("  - split: {}\n    path: {path}", hub_split(split)));
        }
        lines.push(format!("- config_name: clips\n  data_files: {CLIPS_FILE}"));
    } else {
        lines.push(format!("- config_name: clips\n  default: true\n  data_files: {CLIPS_FILE}"));
    }
    lines.push(format!("- config_name: answers\n  data_files: {ANSWERS_FILE}"));
    lines.join("\n")
}

/// The hub's word for a split.
fn hub_split(split: Split) -> &'static str {
    match split {
        Split::Train => "train",
        Split::Dev => "validation",
        Split::Test => "test",
    }
}

fn licence(licence: &str) -> String {
    let lower = licence.trim().to_ascii_lowercase();
    match HUB_LICENCES.iter().find(|known| **known == lower) {
        Some(known) => format!("license: {known}"),
        None => format!("license: other\nlicense_name: {}", yaml(licence)),
    }
}

/// The hub wants the plain language code, and the whole tag only if that says more. Both in
/// quotes: `no` is Norwegian here, not false.
fn language(tag: &str) -> String {
    let code = tag.split(['-', '_']).next().unwrap_or(tag);
    let whole = yaml(tag);
    if code == tag {
        format!("language:\n- {whole}")
    } else {
        let code = yaml(&code.to_ascii_lowercase());
        format!("language:\n- {code}\nlanguage_bcp47:\n- {whole}")
    }
}

fn size(clips: usize) -> &'static str {
    SIZES.iter().find(|(below, _)| clips < *below).map_or("100M<n<1B", |(_, name)| name)
}
