//! The licence of a release in words, and under its address.

use crate::documents::card::Card;
use crate::error::DatasetError;

/// Licences that datasets use: SPDX identifier, name, address of the legal code.
const KNOWN: [(&str, &str, &str); 9] = [
    ("Apache-2.0", "Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    ("CC-BY-4.0", "Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"),
    (
        "CC-BY-NC-4.0",
        "Creative Commons Attribution-NonCommercial 4.0 International",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    (
        "CC-BY-NC-ND-4.0",
        "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International",
        "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    ),
    (
        "CC-BY-NC-SA-4.0",
        "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    ),
    (
        "CC-BY-ND-4.0",
        "Creative Commons Attribution-NoDerivatives 4.0 International",
        "https://creativecommons.org/licenses/by-nd/4.0/",
    ),
    (
        "CC-BY-SA-4.0",
        "Creative Commons Attribution-ShareAlike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    ("CC0-1.0", "Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("ODC-By-1.0", "Open Data Commons Attribution License 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
];

/// The licence for machines: its address if it is a known one, else its name.
pub fn address(licence: &str) -> &str {
    known(licence).map_or(licence.trim(), |(_, _, address)| address)
}

/// The text of `LICENSE`: what may be done, under which words, and how to name the source. The
/// legal code of a known licence is given by its address.
///
/// # Errors
///
/// [`DatasetError::Blank`] without a licence, or for one that is not known and has no text.
pub fn text(card: &Card) -> Result<String, DatasetError> {
    let own = card.about.licence_text.trim();
    let advice = "choose a licence known by its SPDX identifier, such as CC-BY-4.0, or give the licence's text";
    let terms = match known(&card.licence) {
        _ if card.licence.trim().is_empty() => return Err(DatasetError::Blank { field: "license", advice }),
        Some((id, name, address)) => format!("{name} ({id})\n{address}\n\nThe legal code at this address applies."),
        None if own.is_empty() => return Err(DatasetError::Blank { field: "license", advice }),
        None => own.to_owned(),
    };
    let (project, version) = (&card.project, &card.version);
    let creator = if card.about.creator.trim().is_empty() { project } else { &card.about.creator };
    Ok(format!(
        "{project} {version}\n\nThe recordings, labels, answers and documents of this release are available under:\n\n\
         {terms}\n\nTo name the source:\n\n{citation}\n\nA voice can identify a person. Whatever the licence allows, \
         the law on personal data still applies to\nwhat you do with it. Do not try to find out who the speakers and \
         annotators are, and delete clips\nthat are withdrawn.\n\nPublished by {creator}.\n",
        citation = citation(card),
    ))
}

/// How to cite the release.
pub fn citation(card: &Card) -> String {
    let about = &card.about;
    let year = card.released_on.get(..4).unwrap_or_default();
    let creator = if about.creator.trim().is_empty() { &card.project } else { &about.creator };
    let url = about.url.trim();
    let place = if url.is_empty() { String::new() } else { format!(" {url}") };
    format!("{creator} ({year}). {} (version {}) [Data set].{place}", card.project, card.version)
}

fn known(licence: &str) -> Option<(&'static str, &'static str, &'static str)> {
    KNOWN.into_iter().find(|(id, _, _)| id.eq_ignore_ascii_case(licence.trim()))
}
