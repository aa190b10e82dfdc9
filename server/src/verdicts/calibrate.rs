//! What gold says about a batch's probabilities: the answers it rests on, and how far they are off.

use super::model::{Calibration, Cells, Counted, Evidence, METHOD, Source};
use super::{rules, store};
use crate::batches::{Batch, ItemId};
use crate::platform::db::{DbResult, Tx};
use consensus::calibration::Reliability;
use std::collections::{BTreeMap, HashMap};

/// Newest answers to gold that a calibration rests on.
const GOLD_ANSWERS: i64 = 4_000;

/// Answers to gold in groups as large as those that settle an item of work, each with its truth.
pub async fn gold_groups(tx: &mut Tx, batch: &Batch, in_force: Calibration) -> DbResult<Vec<(Evidence, bool)>> {
    let mut workers: HashMap<String, Cells> = HashMap::new();
    let mut items: BTreeMap<ItemId, (bool, Vec<Counted>)> = BTreeMap::new();
    for (item, worker, yes_yes, yes_no, no_yes, no_no) in store::list_gold(tx, batch.id, GOLD_ANSWERS).await? {
        let own = Cells { yes_yes, yes_no, no_yes, no_no };
        let all = match workers.get(&worker) {
            Some(cells) => *cells,
            None => store::sum_cells(tx, &worker).await?,
        };
        workers.insert(worker.clone(), all);
        let label = if own.yes_yes + own.no_yes > 0 { "yes" } else { "no" };
        let one = Counted { id: worker, source: Source::Person, label: label.to_owned(), cells: all.minus(own) };
        items.entry(item).or_insert((own.yes_yes + own.yes_no > 0, Vec::new())).1.push(one);
    }
    let size = usize::try_from(batch.answers_wanted.max(2)).unwrap_or(2);
    let Calibration { prior_yes, temperature, .. } = in_force;
    let groups = items.into_values().flat_map(|(truth, counted)| {
        let whole = counted.chunks_exact(size).map(<[Counted]>::to_vec).collect::<Vec<_>>();
        whole
            .into_iter()
            .map(move |counted| (Evidence { method: METHOD.to_owned(), prior_yes, temperature, counted }, truth))
    });
    Ok(groups.collect())
}

/// How far a batch's probabilities are from what came true on gold, and on how many groups of
/// answers that rests. Each half of the gold is calibrated by the other half.
///
/// # Errors
/// When the database does not answer.
pub async fn reliability(tx: &mut Tx, batch: &Batch) -> DbResult<(Option<Reliability>, usize)> {
    let in_force = store::find_calibration(tx, batch.id).await?.unwrap_or_default();
    let groups = gold_groups(tx, batch, in_force).await?;
    Ok((rules::held_out(&groups), groups.len()))
}

#[cfg(test)]
mod tests {
    use super::super::rules::{accuracy, lessons, yes};
    use super::*;
    use consensus::{Answer, Builder, Consensus, Method};
    use sha2::{Digest, Sha256};

    const ITEMS: usize = 400;

    /// A number in [0, 1) that follows from its name.
    fn draw(name: &str) -> f64 {
        let digest = Sha256::digest(name);
        f64::from(u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])) / 4_294_967_296.0
    }

    #[test]
    fn answer_by_answer_ends_near_the_batch_fit() {
        let skills = [0.95, 0.9, 0.85, 0.8, 0.75, 0.6];
        let (mut cells, mut builder, mut all) = (vec![Cells::default(); skills.len()], Builder::default(), Vec::new());
        for item in 0..ITEMS {
            let (name, truth) = (item.to_string(), draw(&format!("truth {item}")) < 0.5);
            let mut counted = Vec::new();
            for (worker, skill) in skills.iter().enumerate() {
                if draw(&format!("asked {item} {worker}")) < 0.4 {
                    continue;
                }
                let label = if (draw(&format!("{item} {worker}")) < *skill) == truth { "yes" } else { "no" };
                let id = worker.to_string();
                builder.answer(Answer { item: &name, worker: &id, label });
                counted.push(Counted { id, source: Source::Person, label: label.to_owned(), cells: cells[worker] });
            }
            let (prior_yes, temperature) = (500_000, 1_000_000);
            let evidence = Evidence { method: METHOD.to_owned(), prior_yes, temperature, counted };
            for (worker, lesson) in lessons(&evidence) {
                let cells = &mut cells[worker.parse::<usize>().expect("a number")];
                *cells = cells.plus(lesson);
            }
            all.push(evidence);
        }
        let dataset = builder.build().expect("a crowd");
        let batch = Consensus::new(&dataset.crowd, Method::SkillShrunk);
        let class = (0..2).find(|class| dataset.labels.get(*class) == "yes").expect("a class");
        let difference = |number: usize| {
            let evidence = &all[dataset.items.get(number).parse::<usize>().expect("a number")];
            (yes(evidence) - batch.posterior(number)[class]).abs()
        };
        // Somebody was asked about nearly all of them.
        let answered = dataset.crowd.items();
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let mean = (0..answered).map(difference).sum::<f64>() / answered as f64;
        assert!(mean < 0.05, "{mean}");
        let learned: Vec<f64> = cells.iter().map(|cells| accuracy(Source::Person, *cells)).collect();
        let off = learned.iter().zip(skills).map(|(learned, skill)| (learned - skill).abs()).fold(0.0, f64::max);
        assert!(off < 0.1, "people are as able as they are found to be: {learned:?}");
    }
}
