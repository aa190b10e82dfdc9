//! The data card counts right, and tells about nobody what too few share.

use crate::exports::built;
use crate::helpers::{TestApp, corpus, id};
use crate::on_both_pairs;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a table of a release, each column as text.
async fn rows(app: &TestApp, release: &Value, table: &str) -> Vec<BTreeMap<String, String>> {
    let files = release["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["path"] == table).unwrap();
    let bytes = app.site().blobs.get(file["sha256"].as_str().unwrap()).await.unwrap();
    crate::helpers::table::rows(bytes)
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn distinct<'a>(rows: &'a [BTreeMap<String, String>], column: &str) -> BTreeSet<&'a str> {
    rows.iter().map(|row| row[column].as_str()).collect()
}

/// The value below which `share` of the values lie, linear between neighbours.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// Counts a histogram's bins anew.
fn check_bins(bins: &Value, values: &[f64]) {
    let edge = |value: &Value, otherwise: f64| value.as_f64().unwrap_or(otherwise);
    let mut all = 0;
    for bin in bins.as_array().unwrap() {
        let (from, to) = (edge(&bin["from"], f64::NEG_INFINITY), edge(&bin["to"], f64::INFINITY));
        let count = values.iter().filter(|value| (from..to).contains(*value)).count();
        assert_eq!(bin["count"], count, "{bin}");
        all += count;
    }
    assert_eq!(all, values.len());
}

fn near(told: &Value, counted: f64) {
    let told = told.as_f64().unwrap();
    assert!((told - counted).abs() < 1e-9, "the card says {told}, the rows say {counted}");
}

/// Answers to gold: by three people on each item, some of them wrong.
const GOLD_ITEMS: usize = 60;

/// Somebody's answers to gold: whether the truth was a yes, and whether they said so.
#[derive(Clone, Copy)]
struct GoldAnswer {
    truth: bool,
    said: bool,
}

/// A person errs now and then, sometimes together with another.
fn errs(item: usize, judge: usize) -> bool {
    (item * item * (judge + 3) + 5 * item * judge + judge) % 11 < 2
}

/// People answer the gold of the batch of judging; their answers, item by item in the order of ids.
async fn answer_gold(app: &TestApp) -> Vec<[GoldAnswer; 3]> {
    let mut tx = app.site().db.begin().await.unwrap();
    let mut items = Vec::new();
    for item in 0..GOLD_ITEMS {
        let truth = item % 3 != 0;
        let answers = [0, 1, 2].map(|judge| GoldAnswer { truth, said: truth != errs(item, judge) });
        for (judge, GoldAnswer { truth, said }) in answers.into_iter().enumerate() {
            let cell = |yes, said_yes| if (truth, said) == (yes, said_yes) { 1_000_000_i64 } else { 0 };
            tx.exec(
                "insert into contributions (item_id, worker_id, batch_id, evidence_id, source, yes_yes, yes_no, no_yes, no_no)
                 select $1, $2, b.id, $3, 'gold', $4, $5, $6, $7 from batches b where b.kind = 'judge'",
                (
                    corpus::id('8', item),
                    corpus::id('b', judge),
                    corpus::id('9', 3 * item + judge),
                    cell(true, true),
                    cell(true, false),
                    cell(false, true),
                    cell(false, false),
                ),
            )
            .await
            .unwrap();
        }
        items.push(answers);
    }
    tx.exec(
        "insert into confusions (worker_id, source, yes_yes, yes_no, no_yes, no_no)
         select worker_id, 'gold', cast(sum(yes_yes) as bigint), cast(sum(yes_no) as bigint), cast(sum(no_yes) as bigint),
           cast(sum(no_no) as bigint)
         from contributions group by worker_id",
        (),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    items
}

/// ln of the odds of a yes by the answers to one item. Each weighs what its giver is worth on all other
/// items: shares of the four kinds of answers, drawn towards a skill that is itself drawn towards 0.8 by
/// five answers.
fn log_odds(all: &[[GoldAnswer; 3]], item: usize) -> f64 {
    let weight = |judge: usize| {
        let others =
            || all.iter().enumerate().filter(move |(other, _)| *other != item).map(move |(_, answers)| answers[judge]);
        let count =
            |truth: bool, said: bool| others().filter(|one| (one.truth, one.said) == (truth, said)).count() as f64;
        let skill = (count(true, true) + count(false, false) + 4.0) / (others().count() as f64 + 5.0);
        let said = all[item][judge].said;
        let chance = |truth: bool| {
            let before = if truth == said { skill } else { 1.0 - skill };
            (count(truth, said) + 5.0 * before + 0.01) / (count(truth, true) + count(truth, false) + 5.02)
        };
        (chance(true) / chance(false)).ln()
    };
    (0..3).map(weight).sum()
}

/// The temperature that makes some log odds least surprised by the truth, found by trying all.
fn temperature(gold: &[(f64, bool)]) -> f64 {
    let surprise = |logarithm: f64| {
        let of =
            |(odds, truth): &(f64, bool)| (1.0 + (if *truth { -odds } else { *odds } * logarithm.exp()).exp()).ln();
        gold.iter().map(of).sum::<f64>() + 0.5 * logarithm * logarithm
    };
    let tried = (-35_000..15_000).map(|step| f64::from(step) / 10_000.0);
    tried.min_by(|a, b| surprise(*a).total_cmp(&surprise(*b))).unwrap().exp()
}

/// Probability of each chosen label and whether it was right, each half of the gold tempered by the other.
fn held_out(answers: &[[GoldAnswer; 3]]) -> Vec<(f64, bool)> {
    let odds: Vec<(f64, bool)> =
        (0..answers.len()).map(|item| (log_odds(answers, item), answers[item][0].truth)).collect();
    let (one, other) = odds.split_at(odds.len() / 2);
    let judged = |about: &[(f64, bool)], by: &[(f64, bool)]| {
        let temperature = temperature(by);
        let outcome =
            |(odds, truth): &(f64, bool)| (1.0 / (1.0 + (-odds.abs() * temperature).exp()), (*odds >= 0.0) == *truth);
        about.iter().map(outcome).collect::<Vec<(f64, bool)>>()
    };
    [judged(one, other), judged(other, one)].concat()
}

on_both_pairs! {
    async fn calibration_and_label_noise_on_the_card_are_what_gold_says(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 3, 1).await;
        let outcomes = held_out(&answer_gold(&app).await);
        let release = built(&admin, corpus::PROJECT, json!({ "version": "1.0.0", "formats": [] })).await;
        assert_eq!(release["state"], "ready", "{release}");
        let card = &release["card"];
        let wrong = outcomes.iter().filter(|(_, right)| !right).count();
        assert!(wrong > 0, "somebody errs");
        assert_eq!(card["label_noise"], json!({ "wrong": wrong, "compared": GOLD_ITEMS }));
        let mut bins: BTreeMap<usize, Vec<(f64, bool)>> = BTreeMap::new();
        outcomes.iter().for_each(|one| bins.entry((one.0 * 10.0) as usize).or_default().push(*one));
        let told = card["calibration"].as_array().unwrap();
        assert!(bins.len() > 1 && told.len() == bins.len(), "{told:?} {bins:?}");
        let page = admin.get(&format!("/api/v1/releases/{}/files/card.html", id(&release))).await.text();
        for (told, bin) in told.iter().zip(bins.values()) {
            let items = bin.len() as f64;
            let mean = bin.iter().map(|(probability, _)| probability).sum::<f64>() / items;
            let right = bin.iter().filter(|(_, right)| *right).count() as f64 / items;
            assert_eq!(told["clips"], bin.len(), "{told} {bin:?}");
            near(&told["right_share"], right);
            // The temperature is searched for in steps here, and stored in millionths there.
            assert!((told["mean_probability"].as_f64().unwrap() - mean).abs() < 1e-4, "{told} {mean}");
        }
        assert!(page.contains(&format!("Of {GOLD_ITEMS} labels compared with gold, {wrong} w")), "{page}");
    }

    async fn every_number_on_the_card_is_what_the_rows_say(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 20, 2).await;
        let release = built(&admin, corpus::PROJECT, json!({ "version": "1.0.0", "formats": [] })).await;
        assert_eq!(release["state"], "ready", "{release}");
        let (card, counts) = (&release["card"], &release["card"]["counts"]);
        let (clips, answers) = (rows(&app, &release, dataset::CLIPS_FILE).await, rows(&app, &release, dataset::ANSWERS_FILE).await);
        assert_eq!((&counts["clips"], &counts["answers"]), (&json!(clips.len()), &json!(answers.len())));
        assert_eq!(counts["synthetic"], clips.iter().filter(|row| row["synthetic"] == "true").count());
        assert_eq!(counts["speakers"], distinct(&clips, "speaker").len());
        assert_eq!(counts["annotators"], distinct(&answers, "annotator").len());
        assert_eq!(counts["described_speakers"], 0);
        near(&counts["hours"], clips.iter().map(|row| number(row, "length_ms")).sum::<f64>() / 3_600_000.0);
        let wrong = clips.iter().map(|row| 1.0 - number(row, "probability")).sum::<f64>();
        near(&counts["expected_wrong_share"], wrong / clips.len() as f64);
        let snr: Vec<f64> = clips.iter().map(|row| number(row, "snr_db")).collect();
        for (name, share) in [("p10", 0.1), ("p50", 0.5), ("p90", 0.9)] {
            near(&counts["snr_db"][name], quantile(snr.clone(), share));
        }
        check_bins(&counts["snr_histogram"], &snr);
        check_bins(&counts["length_histogram"], &clips.iter().map(|row| number(row, "length_ms")).collect::<Vec<f64>>());
        let mut per_speaker: BTreeMap<&str, usize> = BTreeMap::new();
        clips.iter().for_each(|row| *per_speaker.entry(&row["speaker"]).or_default() += 1);
        check_bins(&counts["speaker_histogram"], &per_speaker.values().map(|clips| *clips as f64).collect::<Vec<f64>>());
        for phrase in counts["phrases"].as_array().unwrap() {
            let said: Vec<BTreeMap<String, String>> = clips.iter().filter(|row| phrase["phrase"] == row["phrase"]).cloned().collect();
            assert_eq!((&phrase["clips"], &phrase["speakers"]), (&json!(said.len()), &json!(distinct(&said, "speaker").len())));
            let of = |split: &str| said.iter().filter(|row| row["split"] == split).count();
            assert_eq!(phrase["splits"], json!([of("train"), of("dev"), of("test")]));
        }
        for part in counts["splits"].as_array().unwrap() {
            let rows: Vec<BTreeMap<String, String>> = clips.iter().filter(|row| part["split"] == row["split"]).cloned().collect();
            assert_eq!((&part["clips"], &part["speakers"]), (&json!(rows.len()), &json!(distinct(&rows, "speaker").len())));
        }
        let votes: Vec<(&str, &str, &str)> = answers.iter().filter(|row| row["label"] != "unsure")
            .map(|row| (row["clip_id"].as_str(), row["annotator"].as_str(), row["label"].as_str())).collect();
        near(&card["agreement_alpha"], consensus::krippendorff_alpha(&votes).unwrap());
        near(&card["accepted_share"], 1.0);
        assert_eq!((&card["collected"]["first"], &card["collected"]["last"]), (&json!("2026-01-05"), &json!("2026-01-05")));
        // The page and the file say these numbers.
        let page = admin.get(&format!("/api/v1/releases/{}/files/card.html", id(&release))).await.text();
        for text in [clips.len().to_string(), answers.len().to_string(), format!("{:.3}", card["agreement_alpha"].as_f64().unwrap())] {
            assert!(page.contains(&text), "{text}");
        }
    }

    async fn no_combination_of_details_is_shared_by_fewer_than_eleven(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 60, 1).await;
        corpus::describe(&app, 60).await;
        for (version, access, k) in [("1.0.0", "public", 11), ("1.0.1", "contract", 5)] {
            let release = built(&admin, corpus::PROJECT, json!({ "version": version, "formats": [], "access": access })).await;
            assert_eq!(release["state"], "ready", "{release}");
            let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for row in rows(&app, &release, dataset::CLIPS_FILE).await {
                let details = ["language", "age", "gender", "accent", "device"].map(|column| row[column].clone()).join(" | ");
                people.entry(details).or_default().insert(row["speaker"].clone());
            }
            assert!(people.len() > 1, "something is told: {people:?}");
            for (details, speakers) in &people {
                assert!(speakers.len() >= k, "only {} people are {details}", speakers.len());
            }
            let told = people.iter().filter(|(details, _)| *details != "en-GB | null | null | null | null").map(|(_, speakers)| speakers.len()).sum::<usize>();
            assert_eq!(release["card"]["counts"]["described_speakers"], told);
        }
    }
}
