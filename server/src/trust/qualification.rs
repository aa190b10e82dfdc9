//! Who has passed the qualification of a batch, and which batches give no work without it.

use super::{
    model::{Level, Refusal},
    store::qualifications,
};
use crate::batches::BatchId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// Code of the refusal to people who have not passed yet.
pub const REQUIRED: &str = "qualification_required";

/// How a person stands with a batch's qualification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qualification {
    /// Whether the batch gives no work without it.
    pub required: bool,
    /// Whether the person has passed it.
    pub passed: bool,
}

impl Qualification {
    /// The least level that it gives.
    pub fn level(self) -> Level {
        if self.passed { Level::Qualified } else { Level::New }
    }

    /// The refusal for somebody who must pass first.
    pub fn refusal(self, batch: BatchId) -> Option<Refusal> {
        (self.required && !self.passed).then(|| Refusal {
            code: REQUIRED,
            detail: format!("A short, paid training comes before the work in this batch, and you can begin at once: /training/{batch}"),
            available_us: None,
        })
    }
}

/// How a person stands with a batch's qualification.
///
/// # Errors
/// When the database does not answer.
pub async fn qualification(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<Qualification> {
    let (required, passed) = qualifications::find_qualification(tx, person, batch).await?;
    Ok(Qualification { required: required > 0, passed: passed > 0 })
}

/// From now on the batch gives work only to people who have passed. Twice is once.
///
/// # Errors
/// When the database refuses.
pub async fn require_qualification(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    qualifications::insert_qualification_batch(tx, batch).await
}

/// From now on the batch gives work to everybody. Who has passed stays qualified.
///
/// # Errors
/// When the database refuses.
pub async fn waive_qualification(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    qualifications::delete_qualification_batch(tx, batch).await
}

/// Notes that a person has passed; the first time counts.
///
/// # Errors
/// When the database refuses.
pub async fn qualify(tx: &mut Tx, person: PersonId, batch: BatchId, at_us: i64) -> DbResult<()> {
    qualifications::insert_qualification(tx, person, batch, at_us).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_qualification_that_is_required_refuses() {
        let batch = BatchId::new();
        let refusal = |required, passed| Qualification { required, passed }.refusal(batch);
        assert!(refusal(false, false).is_none() && refusal(true, true).is_none() && refusal(false, true).is_none());
        let refusal = refusal(true, false).expect("refused");
        assert_eq!((refusal.code, refusal.detail.contains(&format!("/training/{batch}"))), (REQUIRED, true));
    }
}
