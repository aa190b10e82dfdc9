//! One person's conduct in one batch, looked at by every detector.

use super::model::{Conduct, Evidence, Kind, Said};
use super::rules::{self, Answered, Known, Tasks};
use super::{raise, store};
use crate::platform::{
    db::{DbResult, Tx},
    site::Site,
};
use crate::verdicts::{self, Lesson};
use std::collections::BTreeMap;

/// New answers and returned tasks that are worth a look.
const FRESH_MIN: i64 = 10;
/// People whom one run looks at.
const PEOPLE: i64 = 40;
/// Recordings of a person whose truth is known, the newest.
const KNOWN_MAX: i64 = 400;
/// Mistakes, the newest, whose other answers are compared.
const MISTAKES_MAX: usize = 100;
/// Other answers of one recording that are compared.
const OTHERS_MAX: i64 = 60;

/// Looks at the people with the most that is new; gives how many they were.
///
/// # Errors
/// When the database refuses.
pub async fn at_people(site: &Site) -> DbResult<usize> {
    let mut tx = site.db.read().await?;
    let due = store::list_due(&mut tx, FRESH_MIN, PEOPLE).await?;
    drop(tx);
    for conduct in &due {
        let mut tx = site.db.read().await?;
        let found = findings(&mut tx, conduct).await?;
        drop(tx);
        let mut tx = site.db.begin().await?;
        store::set_looked_at(&mut tx, conduct.person_id, conduct.batch_id).await?;
        for (kind, evidence) in found {
            raise(&mut tx, conduct.person_id, kind, &evidence, site.now_us()).await?;
        }
        tx.commit().await?;
    }
    Ok(due.len())
}

async fn findings(tx: &mut Tx, conduct: &Conduct) -> DbResult<Vec<(Kind, Evidence)>> {
    let said: Vec<Said> = serde_json::from_str(&conduct.recent).unwrap_or_default();
    let worker = conduct.person_id.to_string();
    let known: Vec<Known> = verdicts::lessons_of(tx, &worker, KNOWN_MAX).await?.iter().map(known).collect();
    let mut found = Vec::new();
    for kind in [Kind::TooFast, Kind::StraightLining, Kind::Copying, Kind::Hoarding] {
        if store::is_open(tx, conduct.person_id, kind).await? {
            continue;
        }
        let mark = store::find_mark(tx, conduct.person_id, kind).await?;
        let after = mark.as_deref().unwrap_or_default();
        let said: Vec<Said> = said.iter().filter(|one| one.id.as_str() > after).cloned().collect();
        let known: Vec<Known> = known.iter().filter(|one| one.id.as_str() > after).cloned().collect();
        let evidence = match kind {
            Kind::TooFast => {
                let pace = rules::pace_of(&store::list_paces(tx, conduct.batch_id).await?);
                rules::too_fast(&said, pace)
            }
            Kind::StraightLining => rules::straight_lining(&said, &known),
            Kind::Copying => copying(tx, &worker, &known).await?,
            // What came back undone before a human decided is forgiven with it.
            Kind::Hoarding if mark.is_none() => {
                let everybody = store::find_everybody(tx, conduct.batch_id).await?.unwrap_or_default();
                let Conduct { answers, expired, skipped, .. } = *conduct;
                rules::hoarding(Tasks { answers, expired, skipped }, everybody)
            }
            Kind::Hoarding | Kind::SeveralAccounts => None,
        };
        let batch = Some(conduct.batch_id.to_string());
        found.extend(evidence.map(|evidence| (kind, Evidence { batch, ..evidence })));
    }
    Ok(found)
}

fn known(lesson: &Lesson) -> Known {
    let truth = lesson.is_yes();
    let yes = lesson.said_yes();
    Known { id: lesson.evidence_id.clone(), item: lesson.item_id.to_string(), yes, truth }
}

async fn copying(tx: &mut Tx, worker: &str, known: &[Known]) -> DbResult<Option<Evidence>> {
    let mut wrong = Vec::new();
    for one in known.iter().filter(|one| one.yes != one.truth).take(MISTAKES_MAX) {
        let Ok(item) = one.item.parse() else { continue };
        let others = verdicts::lessons_about(tx, item, OTHERS_MAX).await?;
        let others = others.into_iter().filter(|other| other.worker_id != worker);
        let others = others.map(|other| (other.worker_id.clone(), other.said_yes() != other.is_yes())).collect();
        wrong.push(Answered { item: one.item.clone(), others });
    }
    let mut errs = BTreeMap::new();
    for partner in rules::partners(&wrong) {
        let rate = verdicts::error_rate(tx, &partner).await?;
        errs.insert(partner, rate);
    }
    if errs.is_empty() {
        return Ok(None);
    }
    Ok(rules::copying(&wrong, &errs, store::count_people(tx).await?))
}
