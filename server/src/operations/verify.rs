//! `sayso verify audit|ledger|store|verdicts`: is everything whole, and if not, what is not?

use crate::audit;
use crate::exports;
use crate::ledger;
use crate::media;
use crate::platform::{blobs::Blobs, db::Tx, ids::sha256_hex};
use crate::training;
use crate::verdicts;
use std::collections::BTreeSet;

/// What can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// The chain of audit entries.
    Audit,
    /// The books.
    Ledger,
    /// Every object that a row promises.
    Store,
    /// Every verdict, computed anew from the stored answers.
    Verdicts,
}

/// A line about what was checked, and lines about what is wrong.
pub struct Findings {
    /// What was checked.
    pub summary: String,
    /// What is wrong; empty when all is whole.
    pub faults: Vec<String>,
}

/// Checks one subject.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn verify(tx: &mut Tx, blobs: &Blobs, subject: Subject) -> Result<Findings, Box<dyn std::error::Error>> {
    match subject {
        Subject::Audit => {
            let found = audit::verify(tx).await?;
            let faults = found.first_bad.map(|seq| format!("entry {seq} is missing or altered")).into_iter().collect();
            Ok(Findings { summary: format!("audit: {} entries", found.entries), faults })
        }
        Subject::Ledger => {
            let found = ledger::verify(tx).await?;
            let summary = format!("ledger: {} accounts, sum {}", found.accounts, found.sum_cents);
            Ok(Findings { summary, faults: found.faults })
        }
        Subject::Store => store(tx, blobs).await,
        Subject::Verdicts => {
            let found = verdicts::verify(tx).await?;
            let mut summary = format!("verdicts: {}", found.verdicts);
            if found.unexplained > 0 {
                summary += &format!(", of which {} were made before evidence was kept", found.unexplained);
            }
            Ok(Findings { summary, faults: found.faults })
        }
    }
}

async fn store(tx: &mut Tx, blobs: &Blobs) -> Result<Findings, Box<dyn std::error::Error>> {
    let mut promised = media::objects(tx).await?;
    promised.extend(training::objects(tx).await?);
    promised.extend(exports::objects(tx).await?);
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (owner, digest) in promised {
        if !seen.insert(digest.clone()) {
            continue;
        }
        match blobs.get(&digest).await {
            Ok(bytes) if sha256_hex(&bytes) == digest => {}
            Ok(_) => faults.push(format!("object {digest} of {owner} is corrupt")),
            Err(object_store::Error::NotFound { .. }) => faults.push(format!("object {digest} of {owner} is missing")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Findings { summary: format!("store: {} objects", seen.len()), faults })
}
