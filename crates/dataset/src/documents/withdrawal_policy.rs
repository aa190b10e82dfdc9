//! The withdrawal policy: what happens when somebody takes their clips back.

use crate::release::withdrawals::DELETE_WITHIN_DAYS;

/// The policy in sentences, for the file [`crate::WITHDRAWALS_FILE`] and for the data card.
pub const POLICY: [&str; 6] = [
    "Contributors may withdraw their consent at any time, with one click and without giving a reason.",
    "Withdrawn clips leave every release that is built afterwards.",
    "The first release without them has a new major version, because rows were removed.",
    "The withdrawal feed of the dataset names each withdrawn clip by its id and the SHA-256 of its file, as JSON and as CSV. It tells neither who spoke nor why.",
    "Copies that were downloaded before cannot be called back. Whoever holds one looks at the feed and deletes the clips that it names.",
    "A release never changes: a version that was published keeps its name and its checksums, and is no longer offered once a newer one omits withdrawn clips.",
];

/// The policy as a file in Markdown.
pub fn markdown() -> String {
    let sentences: String = POLICY.iter().map(|sentence| format!("- {sentence}\n")).collect();
    format!(
        "# Withdrawals\n\n{sentences}\nDelete withdrawn clips within {DELETE_WITHIN_DAYS} days of their appearance in the feed.\n"
    )
}
