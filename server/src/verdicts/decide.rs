//! One item's evidence, weighed and written down: the same way for answers and rulings.

use super::findings::Findings;
use super::know::Known;
use super::model::{Cells, Entry, Evidence, METHOD, Source, State, Verdict};
use super::{agreement, rules, seniors, store};
use crate::batches::Batch;
use crate::media;
use crate::platform::{
    db::{self, DbResult, Tx},
    site::Site,
};
use crate::tasks::{self, Slots};
use crate::trust::Level;

/// What is new since the last entry, as cause and its id; `None` when nothing is.
fn cause(known: &Known, last: Option<&Entry>) -> Option<(&'static str, String)> {
    let before: Option<Evidence> = last.and_then(|last| serde_json::from_str(&last.evidence).ok());
    let old = |id: &str| before.as_ref().is_some_and(|before| before.counted.iter().any(|one| one.id == id));
    let new = known.evidence.counted.iter().rev().find(|one| !old(&one.id));
    if let Some(one) = new {
        let cause = match one.source {
            Source::Person => "answer",
            Source::Model => "prediction",
            Source::Expert => "ruling",
        };
        return Some((cause, one.id.clone()));
    }
    let answers = i64::try_from(known.answers.len()).unwrap_or(i64::MAX);
    if last.map_or(0, |last| last.answers) != answers {
        // An answer that says neither yes nor no.
        return known.answers.last().map(|answer| ("answer", answer.id.to_string()));
    }
    let calibration = |evidence: &Evidence| (evidence.prior_yes, evidence.temperature);
    let moved = before.is_some_and(|before| calibration(&before) != calibration(&known.evidence));
    moved.then(|| ("calibration", known.batch.id.to_string()))
}

/// Decides on an item that is known and writes everything down; `None` when nothing is new.
///
/// # Errors
/// When the database refuses.
pub async fn decide(site: &Site, tx: &mut Tx, known: &Known) -> DbResult<Option<State>> {
    let mut findings = Findings::at(site.now_us());
    let state = decide_because(site, tx, known, None, &mut findings).await?;
    findings.write(tx).await?;
    Ok(state)
}

/// The same, without what it says beyond the item; and if so wanted for a cause and its id that do not lie in
/// the item's own evidence.
///
/// # Errors
/// When the database refuses.
pub async fn decide_because(
    site: &Site,
    tx: &mut Tx,
    known: &Known,
    because: Option<(&'static str, String)>,
    findings: &mut Findings,
) -> DbResult<Option<State>> {
    let id = known.item.id;
    let Some((cause, cause_id)) = because.or_else(|| cause(known, known.last.as_ref())) else { return Ok(None) };
    let yes = rules::yes(&known.evidence);
    let (label, probability) = rules::verdict(yes);
    let answers = i64::try_from(known.answers.len()).unwrap_or(i64::MAX);
    let votes = known.evidence.counted.iter().filter(|one| one.source == Source::Person).count();
    let worthless = known.evidence.counted.iter().filter(|one| rules::worthless(one)).count();
    let sum = rules::Sum {
        yes,
        answers,
        votes: i64::try_from(votes).unwrap_or(i64::MAX),
        worthless: i64::try_from(worthless).unwrap_or(i64::MAX),
        ruled: known.ruled.as_ref().map(|(label, _)| label.as_str()),
        had_verdict: known.had_verdict,
    };
    let policy = policy(site, tx, known, findings).await?;
    let (state, more) = rules::step(sum, policy);
    let now_us = findings.at_us;
    let evidence = db::json(&known.evidence)?;
    let entry = Entry {
        cause: cause.to_owned(),
        cause_id,
        state: state.as_str().to_owned(),
        label: label.to_owned(),
        probability,
        answers,
        method: METHOD.to_owned(),
        evidence,
        at_us: now_us,
    };
    store::append(tx, id, known.batch.id, &entry).await?;
    if state != State::Open {
        settle(tx, known, state, &entry).await?;
    }
    teach(known, state, findings);
    findings.say(agreement::sayings(known, policy.audited, state, yes, now_us).into_iter());
    let expert = more == rules::More::None && policy.affordable && seniors::asks_expert(tx, known, state).await?;
    ask(tx, known, if expert { Ask::Expert } else { Ask::Anybody(more) }, yes, findings).await?;
    metrics::counter!("sayso_verdicts_total", "state" => state.as_str()).increment(1);
    Ok(Some(state))
}

async fn policy(site: &Site, tx: &mut Tx, known: &Known, findings: &Findings) -> DbResult<rules::Policy> {
    let batch = &known.batch;
    let settings = known.settings;
    let affordable = settings.budget_cents == 0
        || batch.pay_cents == 0
        || (store::sum_extra(tx, batch.id).await? + findings.extra(batch.id) + 1).saturating_mul(batch.pay_cents)
            <= settings.budget_cents;
    Ok(rules::Policy {
        wanted: batch.answers_wanted,
        most: batch.answers_max,
        threshold: batch.threshold,
        paid: batch.pay_cents > 0,
        audited: affordable && rules::drawn(&site.secrets.key("audit"), &known.item.id.to_string(), settings.audit_ppm),
        affordable,
    })
}

/// Writes the verdict; a clip that is sure enough is accepted and paid, or not.
async fn settle(tx: &mut Tx, known: &Known, state: State, entry: &Entry) -> DbResult<()> {
    let verdict = Verdict {
        item_id: known.item.id,
        batch_id: known.batch.id,
        clip_id: known.clip_id.clone(),
        state: entry.state.clone(),
        label: entry.label.clone(),
        probability: entry.probability,
        answers: entry.answers,
        method: entry.method.clone(),
        decided_by: known.ruled.as_ref().filter(|_| state == State::Decided).map(|(_, person)| person.clone()),
        evidence: entry.evidence.clone(),
        at_us: entry.at_us,
    };
    store::put(tx, &verdict).await?;
    match &known.clip {
        Some(clip) if state != State::Contested => media::judged(tx, clip, entry.label == "yes", entry.at_us).await,
        _ => Ok(()),
    }
}

/// Counts what the item teaches about its workers, or takes it back.
fn teach(known: &Known, state: State, findings: &mut Findings) {
    let sure = matches!(state, State::Settled | State::Decided);
    let lessons = rules::lessons(&known.evidence);
    let lessons = lessons.into_iter().map(|(id, cells)| (id, if sure { cells } else { Cells::default() }));
    findings.learn(known, "verdict", lessons);
}

/// Opens or closes places of an item, and keeps count of those beyond the least.
pub async fn set_target(
    tx: &mut Tx,
    batch: &Batch,
    slots: Slots,
    target: i64,
    findings: &mut Findings,
) -> DbResult<()> {
    let extra = |target: i64| (target - batch.answers_wanted).max(0);
    findings.add_extra(batch.id, slots.item_id, extra(target) - extra(slots.target));
    if target == slots.target { Ok(()) } else { tasks::set_target(tx, slots.item_id, target).await }
}

/// Who else is to answer.
enum Ask {
    /// An expert, for a contested item.
    Expert,
    /// So many more people.
    Anybody(rules::More),
}

/// Opens as many places as the item still wants, the uncertain ones early in the queue.
async fn ask(tx: &mut Tx, known: &Known, ask: Ask, yes: f64, findings: &mut Findings) -> DbResult<()> {
    let now_us = findings.at_us;
    let (batch, id, slots) = (&known.batch, known.item.id, known.slots);
    let taken = slots.answers + slots.leases;
    let level = match ask {
        Ask::Anybody(rules::More::None) => return set_target(tx, batch, slots, taken, findings).await,
        Ask::Anybody(rules::More::ToTheCap) => {
            tasks::set_level(tx, id, Level::New, now_us).await?;
            return set_target(tx, batch, slots, batch.answers_max.max(taken), findings).await;
        }
        // Only when nobody is answering it right now: one more, not one more each time.
        Ask::Anybody(rules::More::One) if slots.leases > 0 || slots.answers < slots.target => return Ok(()),
        Ask::Anybody(rules::More::One) => seniors::next_level(tx, known).await?,
        Ask::Expert => Level::Expert,
    };
    tasks::set_level(tx, id, level, now_us).await?;
    tasks::set_urgency(tx, id, rules::urgency_us(yes)).await?;
    set_target(tx, batch, slots, taken + 1, findings).await
}

/// An answer to gold says how accurate its giver is.
pub fn learn_from_gold(known: &Known, gold: &str, findings: &mut Findings) {
    let yes = if gold == "yes" { super::model::ITEM } else { 0 };
    let counted = known.evidence.counted.iter();
    findings.learn(known, "gold", counted.map(|one| (one.id.as_str(), Cells::of(&one.label, yes))));
}
