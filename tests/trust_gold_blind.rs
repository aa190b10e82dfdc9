//! Gold and work cannot be told apart by anything that a client sees, not even by a classifier.

use crate::helpers::{Person, Reply, Scene, TestApp, python, sound};
use crate::on_both_pairs;
use sayso::platform::clock::steady;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// So many that chance alone stays within the bounds: the AUC of 3,000 tasks that tell nothing has a
/// standard deviation of 0.015.
const LISTENERS: usize = 200;
/// Few enough that the share of gold, which falls with experience, does not give it away by itself.
const TASKS: usize = 16;
/// Takes that every speaker records, so that all sets of recordings sound and weigh the same.
const TAKES: usize = 8;
const SPEAKERS_OF_WORK: usize = 10;
/// Enough that no gold has its thirty listeners, and retires, while there are tasks.
const SPEAKERS_OF_GOLD: usize = 10;
const PHRASES: [&str; 2] = ["Alexa", "Computer"];

/// Everything that a reply shows: its headers and their lengths, its size, how long it took.
fn see(seen: &mut Map<String, Value>, name: &str, reply: &Reply, since: Instant) {
    seen.insert(format!("{name} status"), json!(reply.status.to_string()));
    seen.insert(format!("{name} bytes"), json!(reply.body.len()));
    seen.insert(format!("{name} us"), json!(since.elapsed().as_secs_f64() * 1e6));
    for (header, value) in &reply.headers {
        seen.insert(format!("{name} header {header}"), json!(value.len()));
    }
}

/// The fields of a task: words as words, ids as the numbers that they are made of.
fn see_task(seen: &mut Map<String, Value>, task: &Value, before: &mut f64) {
    for (field, value) in task.as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        seen.insert(format!("task {field} length"), json!(text.len()));
        if field != "id" && field != "audio_url" {
            seen.insert(format!("task {field}"), json!(text));
        }
    }
    let id = task["id"].as_str().unwrap().replace('-', "");
    let digits = |from: usize, to: usize| u64::from_str_radix(&id[from..to], 16).unwrap() as f64;
    seen.insert("id ms since the last".into(), json!(if *before == 0.0 { 0.0 } else { digits(0, 12) - *before }));
    *before = digits(0, 12);
    for (name, from, to) in
        [("version", 12, 13), ("counter", 13, 16), ("variant", 16, 17), ("random", 17, 24), ("end", 24, 32)]
    {
        seen.insert(format!("id {name}"), json!(digits(from, to)));
    }
}

/// What is asked for in a take, what is said in it otherwise, and a number for how: every second
/// pair of takes is not what was asked for, in work and in gold alike.
fn take(number: usize) -> (&'static str, &'static str, u64, bool) {
    let (asked, other) = (PHRASES[number % 2], PHRASES[(number + 1) % 2]);
    (asked, other, number as u64 / 2, (number / 2).is_multiple_of(2))
}

/// One task as a client saw it.
struct Seen {
    task: String,
    /// The phrase asked about and the one said.
    asked: String,
    /// How long its recording is, which tells the ways of saying apart.
    bytes: usize,
    seen: Map<String, Value>,
}

/// Pairs of gold and work for every question about every take: which of the gold came up more often
/// is chance, and must not pass for a difference between gold and work.
fn paired(all: impl Iterator<Item = (bool, Seen)>) -> Vec<Value> {
    let mut takes: BTreeMap<(String, usize), [Vec<Seen>; 2]> = BTreeMap::new();
    for (gold, one) in all {
        takes.entry((one.asked.clone(), one.bytes)).or_default()[usize::from(gold)].push(one);
    }
    // Spread over all who listened, so that one kind does not come earlier than the other.
    let pairs = takes.values().flat_map(|[work, gold]| {
        let count = work.len().min(gold.len());
        (0..count).map(move |n| [&work[n * work.len() / count], &gold[n * gold.len() / count]])
    });
    let row = |pair: usize, gold: bool, one: &Seen| json!({ "pair": pair, "gold": gold, "seen": one.seen });
    pairs.enumerate().flat_map(|(n, [work, gold])| [row(n, false, work), row(n, true, gold)]).collect()
}

/// Judges as somebody does who hears well, and writes down all that they see.
async fn judges(person: &Person, batch: &str, said: &HashMap<Vec<u8>, &str>) -> Vec<Seen> {
    let (mut all, mut before, mut earned) = (Vec::new(), 0.0, 0);
    for place in 0..TASKS {
        let mut seen = Map::new();
        seen.insert("place".into(), json!(place));
        let began = steady();
        let asked = person.next_task(batch).await;
        see(&mut seen, "next", &asked, began);
        let task = asked.expect(200);
        see_task(&mut seen, &task, &mut before);
        let began = steady();
        let heard = person.get(task["audio_url"].as_str().unwrap()).await;
        see(&mut seen, "audio", &heard, began);
        let began = steady();
        let right = task["phrase"] == said[&heard.body];
        let (label, reason) = if right { ("yes", None) } else { ("no", Some("wrong_word")) };
        let told = person.answers(&task, label, reason).await;
        see(&mut seen, "answer", &told, began);
        let receipt = told.expect(200);
        for (field, value) in receipt.as_object().unwrap().iter().filter(|(field, _)| *field != "task") {
            seen.insert(format!("receipt {field}"), json!(value.to_string()));
        }
        let statement = person.get("/api/v1/ledger/statement").await.expect(200);
        let pending = statement["balances"][0]["pending_cents"].as_i64().unwrap();
        seen.insert("earned".into(), json!(pending - earned));
        earned = pending;
        let asked = format!("{} {}", task["phrase"], said[&heard.body]);
        all.push(Seen { task: task["id"].as_str().unwrap().to_owned(), asked, bytes: heard.body.len(), seen });
    }
    all
}

/// Recordings that are work only, then as many that are gold, too: asked about as they are, or as
/// another phrase.
async fn fill(app: &TestApp, admin: &Person) -> Scene {
    let speakers = SPEAKERS_OF_WORK + SPEAKERS_OF_GOLD;
    let prompts: Vec<&str> = (0..speakers * TAKES).map(|n| take(n % TAKES).0).collect();
    let judge = json!({ "answers_wanted": 100, "answers_max": 100, "gold_rate": 0.5 });
    let scene = Scene::set_with(admin, &prompts, json!({}), judge).await;
    let mut gold = String::from("recording,phrase,label,reason\n");
    for number in 0..speakers {
        let speaker = scene.speaker(app, &format!("Speaker {number}")).await;
        let work = number < SPEAKERS_OF_WORK;
        for (asked, other, way, right) in (0..TAKES).map(take) {
            let phrase = if work && !right { other } else { asked };
            let view = scene.recorded(&speaker, &sound::said(phrase, way)).await;
            assert_eq!(view["state"], "verified", "{view}");
            let id = view["id"].as_str().unwrap();
            gold += &match (work, right) {
                (true, _) => String::new(),
                (false, true) => format!("{id},,yes,\n"),
                (false, false) => format!("{id},{other},no,wrong_word\n"),
            };
        }
    }
    admin.post_file(&format!("/api/v1/batches/{}/gold", scene.judge), "text/csv", gold).await.expect(201);
    scene
}

on_both_pairs! {
    async fn a_classifier_over_all_that_a_client_sees_does_no_better_than_chance(app: TestApp) {
        let admin = app.admin().await;
        let scene = fill(&app, &admin).await;
        let said: HashMap<Vec<u8>, &str> = (0..TAKES as u64 / 2)
            .flat_map(|way| PHRASES.map(|phrase| (sound::said(phrase, way), phrase)))
            .collect();
        let mut seen = Vec::new();
        for number in 0..LISTENERS {
            let person = app.person(&format!("Listener {number}")).await;
            seen.extend(judges(&person, &scene.judge, &said).await);
        }
        let lanes: HashMap<String, String> = app
            .rows("select t.id, cast(q.lane as text) from tasks t join queue q on q.item_id = t.item_id")
            .await
            .into_iter()
            .collect();
        let median_us = |gold: &str| {
            let mine = seen.iter().filter(|one| lanes[&one.task] == gold);
            let mut times: Vec<f64> = mine.map(|one| one.seen["next us"].as_f64().unwrap()).collect();
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        println!("median of next: {:.0} us for gold, {:.0} us for work", median_us("1"), median_us("0"));
        let rows = paired(seen.into_iter().map(|one| (lanes[&one.task] == "1", one)));
        let found = python::run("gold_blind.py", &Value::from(rows));
        println!("gold {} of {} tasks, {} features: AUC {:.3}, with times {:.3}; most telling: {}", found["gold"], found["tasks"],
            found["features"], found["auc"].as_f64().unwrap(), found["auc_with_times"].as_f64().unwrap(), found["telling"]);
        assert!(found["tasks"].as_u64() >= Some(600) && found["gold"].as_u64() >= Some(300), "{found}");
        assert!((0.45..=0.55).contains(&found["auc"].as_f64().unwrap()), "{found}");
        assert!(found["planted_auc"].as_f64().unwrap() > 0.9, "the classifier would find a leak: {found}");
    }
}
