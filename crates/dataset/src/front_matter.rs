//! The YAML at the top of the data card, by which dataset hubs index it.

use crate::data_card::Card;
use crate::escape::yaml;
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

/// Front matter between its `---` lines: licence, language, name, task, size, and which file
/// holds which table.
pub(crate) fn front_matter(card: &Card) -> String {
    let name = yaml(&format!("{} {}", card.project, card.version));
    let lines = [
        "---".to_owned(),
        licence(&card.licence),
        language(&card.language),
        format!("pretty_name: {name}"),
        "task_categories:\n- audio-classification".to_owned(),
        format!("size_categories:\n- {}", size(card.counts.clips)),
        "configs:".to_owned(),
        format!("- config_name: clips\n  data_files: {CLIPS_FILE}\n  default: true"),
        format!("- config_name: answers\n  data_files: {ANSWERS_FILE}"),
        "---\n".to_owned(),
    ];
    lines.join("\n")
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
