//! All answers of a project → the labels that are released: the batch fit. Pure.
//!
//! A live verdict knows its listeners as they were measured when it was made. At release
//! [`Method::SkillShrunk`], the model that the live verdicts follow answer by answer, is fitted to
//! all answers at once, with gold as fixed evidence, so that everybody is measured on all of their
//! items, early and late alike. From there on the rule is the site's: an item's evidence holds each
//! worker's matrix without that item, gold says how far to trust the crowd, a reviewer's ruling is
//! strong evidence of its own, and [`super::yes`] weighs it all. A released label is therefore
//! replayed like any verdict, and tells which answers made it.
//!
//! Live verdicts and the fit differ by at most [`TOLERANCE`] on average.

use super::super::model::{Calibration, Cells, Counted, Evidence, FIT, ITEM, Source};
use super::{CLASSES, calibrated, millionths, verdict, vote, yes};
use crate::batches::ItemId;
use consensus::{Answer, Builder, Consensus, Method, dataset::BuildError, posterior};
use uuid::Uuid;

/// How far the probabilities of live verdicts may be from those of the fit: mean absolute
/// difference over the settled items of a project.
pub const TOLERANCE: f64 = 0.05;

/// An answer or a prediction.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// Its id.
    pub id: Uuid,
    /// Whose, by number from 0.
    pub worker: u32,
    /// A person or a model.
    pub source: Source,
    /// Whether it says yes.
    pub yes: bool,
}

/// Everything that was said about an item.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The item.
    pub item: ItemId,
    /// Its batch, by number from 0.
    pub batch: usize,
    /// Whether yes is true, on gold.
    pub gold: Option<bool>,
    /// Answers and predictions.
    pub said: Vec<Said>,
    /// Rulings, oldest first, as they count live.
    pub rulings: Vec<Counted>,
}

impl Asked {
    /// Models alone would confirm themselves.
    fn judged(&self) -> bool {
        self.said.iter().any(|one| one.source == Source::Person)
    }
}

/// What a batch demands of a released label.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Fewest answers of an item: gold is looked at in groups of so many.
    pub wanted: usize,
    /// Probability that settles an item.
    pub threshold: f64,
}

/// What the fit says about an item.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// `yes` or `no`.
    pub label: &'static str,
    /// Its calibrated probability.
    pub probability: f64,
    /// What it follows from.
    pub evidence: Evidence,
    /// Whether it is certain enough to be released: a probability as large as settles an item, or a
    /// reviewer's ruling that agrees.
    pub sure: bool,
}

/// A fitted project.
#[derive(Clone, Debug)]
pub struct Fit {
    items: Vec<Asked>,
    terms: Vec<Terms>,
    /// Probability of yes by item, in millionths, as the workers were measured on it.
    beliefs: Vec<i64>,
    /// By worker, all items together.
    cells: Vec<Cells>,
    calibrations: Vec<Calibration>,
}

impl Fit {
    /// Fits the items of a project's batches. The same items, in any order, give the same bits.
    ///
    /// # Errors
    /// When there are more items than fit into memory.
    pub fn new(mut items: Vec<Asked>, terms: Vec<Terms>) -> Result<Self, BuildError> {
        items.retain(Asked::judged);
        items.sort_unstable_by_key(|asked| asked.item);
        items.iter_mut().for_each(|asked| asked.said.sort_unstable_by_key(|one| one.id));
        let beliefs = beliefs(&items)?;
        let mut cells = Vec::new();
        for (asked, belief) in items.iter().zip(&beliefs) {
            for one in &asked.said {
                let worker = one.worker as usize;
                if worker >= cells.len() {
                    cells.resize(worker + 1, Cells::default());
                }
                cells[worker] = cells[worker].plus(lesson(one, *belief));
            }
        }
        let calibrations = vec![Calibration::default(); terms.len()];
        let mut fit = Self { items, terms, beliefs, cells, calibrations };
        fit.calibrations = (0..fit.terms.len()).map(|batch| fit.calibrated(batch)).collect();
        Ok(fit)
    }

    /// What the fit says about an item; `None` for one that nobody has judged.
    pub fn verdict(&self, item: ItemId) -> Option<Fitted> {
        let number = self.items.binary_search_by_key(&item, |asked| asked.item).ok()?;
        let asked = &self.items[number];
        let mut evidence = self.evidence(number, &asked.said, self.calibrations[asked.batch]);
        evidence.counted.extend(asked.rulings.iter().cloned());
        evidence.counted.sort_by(|a, b| a.id.cmp(&b.id));
        let (label, probability) = verdict(yes(&evidence));
        let sure = match asked.rulings.last() {
            Some(ruling) => ruling.label == label,
            None => probability >= self.terms[asked.batch].threshold,
        };
        Some(Fitted { label, probability, evidence, sure })
    }

    /// What the crowd said about an item, each worker as measured without it.
    fn evidence(&self, number: usize, said: &[Said], calibration: Calibration) -> Evidence {
        let counted = |one: &Said| Counted {
            id: one.id.to_string(),
            source: one.source,
            label: word(one.yes).to_owned(),
            cells: self.cells[one.worker as usize].minus(lesson(one, self.beliefs[number])),
        };
        let Calibration { prior_yes, temperature, .. } = calibration;
        Evidence { method: FIT.to_owned(), prior_yes, temperature, counted: said.iter().map(counted).collect() }
    }

    /// How common a yes is in a batch, and how far its gold says that the crowd can be trusted.
    fn calibrated(&self, batch: usize) -> Calibration {
        let own = || self.items.iter().enumerate().filter(|(_, asked)| asked.batch == batch);
        let work: Vec<i64> =
            own().filter(|(_, asked)| asked.gold.is_none()).map(|(number, _)| self.beliefs[number]).collect();
        let settled = (i64::try_from(work.len()).unwrap_or(i64::MAX), work.iter().sum());
        let prior = calibrated(&[], settled);
        let mut groups = Vec::new();
        for (number, asked) in own() {
            let Some(truth) = asked.gold else { continue };
            let people: Vec<Said> = asked.said.iter().filter(|one| one.source == Source::Person).copied().collect();
            let whole = people.chunks_exact(self.terms[batch].wanted.max(2));
            groups.extend(whole.map(|group| (self.evidence(number, group, prior), truth)));
        }
        calibrated(&groups, settled)
    }
}

fn word(yes: bool) -> &'static str {
    CLASSES[usize::from(!yes)]
}

fn lesson(one: &Said, belief: i64) -> Cells {
    Cells::of(word(one.yes), belief)
}

/// The probability of yes of each item, in millionths: the crowd's by the batch model, moved by
/// what reviewers ruled; certain on gold.
fn beliefs(items: &[Asked]) -> Result<Vec<i64>, BuildError> {
    let mut builder = Builder::default();
    CLASSES.iter().for_each(|label| builder.label(label));
    for (number, asked) in items.iter().enumerate() {
        let item = number.to_string();
        for one in &asked.said {
            builder.answer(Answer { item: &item, worker: &one.worker.to_string(), label: word(one.yes) });
        }
        if let Some(gold) = asked.gold {
            builder.gold(&item, word(gold));
        }
    }
    let dataset = builder.build()?;
    let class = (0..CLASSES.len()).find(|class| dataset.labels.get(*class) == CLASSES[0]).unwrap_or(0);
    let fitted = Consensus::uncalibrated(&dataset.crowd, Method::SkillShrunk);
    let mut crowd = vec![0.5; items.len()];
    for at in 0..dataset.crowd.items() {
        if let Some(belief) = dataset.items.get(at).parse().ok().and_then(|number: usize| crowd.get_mut(number)) {
            *belief = fitted.posterior(at)[class];
        }
    }
    let belief = |(asked, crowd): (&Asked, f64)| match asked.gold {
        Some(gold) => i64::from(gold) * ITEM,
        None => {
            let ruled: Vec<_> = asked.rulings.iter().filter_map(vote).collect();
            millionths(posterior(&ruled, 2, Some(&[crowd, 1.0 - crowd]))[0])
        }
    };
    Ok(items.iter().zip(crowd).map(belief).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{accuracy, lessons};
    use super::*;
    use crate::verdicts::METHOD;
    use sha2::{Digest, Sha256};

    const SKILLS: [f64; 6] = [0.95, 0.9, 0.85, 0.8, 0.75, 0.6];
    const ITEMS: u128 = 400;

    /// A number in [0, 1) that follows from its name.
    fn draw(name: &str) -> f64 {
        let digest = Sha256::digest(name);
        f64::from(u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])) / 4_294_967_296.0
    }

    fn truth(item: u128) -> bool {
        draw(&format!("truth {item}")) < 0.5
    }

    /// What the simulated crowd says about an item: each of them is asked about three in five.
    fn asked(item: u128) -> Asked {
        let said = SKILLS.iter().enumerate().filter(|(worker, _)| draw(&format!("asked {item} {worker}")) >= 0.4);
        let said = said.map(|(worker, skill)| Said {
            id: Uuid::from_u128(item * 100 + worker as u128),
            worker: u32::try_from(worker).expect("six people"),
            source: Source::Person,
            yes: (draw(&format!("{item} {worker}")) < *skill) == truth(item),
        });
        Asked { item: ItemId(Uuid::from_u128(item)), batch: 0, gold: None, said: said.collect(), rulings: Vec::new() }
    }

    fn terms() -> Vec<Terms> {
        vec![Terms { wanted: 2, threshold: 0.9 }]
    }

    #[test]
    fn answer_by_answer_ends_near_the_batch_fit() {
        let mut cells = vec![Cells::default(); SKILLS.len()];
        let mut live = Vec::new();
        for asked in (0..ITEMS).map(asked) {
            let counted = |one: &Said| Counted {
                id: one.worker.to_string(),
                source: one.source,
                label: word(one.yes).to_owned(),
                cells: cells[one.worker as usize],
            };
            let counted = asked.said.iter().map(counted).collect();
            let evidence = Evidence { method: METHOD.to_owned(), prior_yes: ITEM / 2, temperature: ITEM, counted };
            for (worker, lesson) in lessons(&evidence) {
                let cells = &mut cells[worker.parse::<usize>().expect("a number")];
                *cells = cells.plus(lesson);
            }
            live.push((asked, yes(&evidence)));
        }
        let fit = Fit::new(live.iter().map(|(asked, _)| asked.clone()).collect(), terms()).expect("a crowd");
        let (mut compared, mut difference, mut right_live, mut right_fit) = (0.0, 0.0, 0, 0);
        for (number, (asked, live)) in (0..ITEMS).zip(&live) {
            let Some(fitted) = fit.verdict(asked.item) else { continue };
            let yes = if fitted.label == "yes" { fitted.probability } else { 1.0 - fitted.probability };
            difference += (yes - live).abs();
            compared += 1.0;
            right_live += usize::from((*live >= 0.5) == truth(number));
            right_fit += usize::from((fitted.label == "yes") == truth(number));
        }
        assert!(compared > 390.0 && difference / compared <= TOLERANCE, "{}", difference / compared);
        assert!(right_fit >= right_live, "{right_fit} {right_live}");
        let measured = cells.iter().zip(&fit.cells).zip(SKILLS);
        for ((live, fit), skill) in measured {
            let (live, fit) = (accuracy(Source::Person, *live), accuracy(Source::Person, *fit));
            assert!((live - skill).abs() < 0.1 && (fit - skill).abs() < 0.1, "{skill}: {live} {fit}");
        }
    }

    #[test]
    fn the_order_of_items_and_answers_changes_no_bit_and_evidence_replays() {
        let mut items: Vec<Asked> = (0..60).map(asked).collect();
        items.iter_mut().step_by(2).for_each(|asked| asked.gold = Some(truth(asked.item.0.as_u128())));
        let fit = Fit::new(items.clone(), terms()).expect("a crowd");
        items.iter_mut().for_each(|asked| asked.said.reverse());
        items.reverse();
        let other = Fit::new(items.clone(), terms()).expect("a crowd");
        for asked in items.iter().filter(|asked| !asked.said.is_empty()) {
            let (one, other) = (fit.verdict(asked.item).expect("judged"), other.verdict(asked.item).expect("judged"));
            assert_eq!((one.probability.to_bits(), &one.evidence), (other.probability.to_bits(), &other.evidence));
            assert_eq!(verdict(yes(&one.evidence)).1.to_bits(), one.probability.to_bits());
        }
    }

    #[test]
    fn a_label_is_released_only_if_the_fit_is_sure_or_a_reviewer_agrees() {
        let said = |id: u128, worker, yes| Said { id: Uuid::from_u128(id), worker, source: Source::Person, yes };
        let ruling = |label: &str| Counted {
            id: Uuid::from_u128(9).to_string(),
            source: Source::Expert,
            label: label.to_owned(),
            cells: Cells::default(),
        };
        let item = |item: u128, said, rulings| Asked {
            item: ItemId(Uuid::from_u128(item)),
            batch: 0,
            gold: None,
            said,
            rulings,
        };
        let split = || vec![said(1, 0, true), said(2, 1, false)];
        let mut items: Vec<Asked> =
            (10..30).map(|n| item(n, vec![said(1, 0, n < 20), said(2, 1, n < 20)], Vec::new())).collect();
        items.extend([
            item(1, vec![said(1, 0, true), said(2, 1, true)], Vec::new()),
            item(2, split(), Vec::new()),
            item(3, split(), vec![ruling("yes")]),
            item(4, vec![Said { source: Source::Model, ..said(4, 2, true) }], Vec::new()),
        ]);
        let fit = Fit::new(items, terms()).expect("a crowd");
        let of = |item: u128| fit.verdict(ItemId(Uuid::from_u128(item)));
        let sure = [1, 2, 3].map(|item| of(item).is_some_and(|fitted| fitted.sure));
        assert_eq!(sure, [true, false, true]);
        assert!(of(4).is_none(), "a model alone decides nothing");
        assert_eq!(of(3).map(|fitted| fitted.evidence.counted.len()), Some(3));
    }

    #[test]
    fn whoever_gold_discredits_settles_nothing_not_even_what_they_said_before() {
        let both = |item: u128, gold| Asked {
            item: ItemId(Uuid::from_u128(item)),
            batch: 0,
            gold,
            said: [0, 1]
                .map(|worker| {
                    let id = Uuid::from_u128(10 * item + u128::from(worker));
                    Said { id, worker, source: Source::Person, yes: true }
                })
                .to_vec(),
            rulings: Vec::new(),
        };
        let fit = |gold: u128| {
            let items = (1..=gold).map(|item| both(item, (item > 1).then_some(false))).collect();
            Fit::new(items, terms()).expect("a crowd").verdict(ItemId(Uuid::from_u128(1))).expect("judged")
        };
        assert!(fit(1).sure && fit(1).label == "yes");
        let caught = fit(5);
        assert!(!(caught.sure && caught.label == "yes"), "{caught:?}");
    }

    #[test]
    fn nothing_asked_is_no_crowd_and_no_fault() {
        let fit = Fit::new(Vec::new(), Vec::new()).expect("nothing");
        assert!(fit.verdict(ItemId(Uuid::nil())).is_none());
    }
}
