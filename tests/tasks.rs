//! Issuing: the three nevers under load, leases that end, skips, gold that cannot be told apart.

use crate::helpers::{Person, Scene, sound, until};
use crate::on_both_pairs;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What one client saw: the clips it was asked about, and how many answers were taken.
async fn judge_until_empty(person: Person, batch: String) -> Vec<Value> {
    let mut seen = Vec::new();
    loop {
        let reply = person.next_task(&batch).await;
        if reply.status == 503 {
            continue;
        }
        if reply.code() == "no_task" {
            return seen;
        }
        let task = reply.expect(200);
        let label = if seen.len() % 3 == 0 { ("no", Some("noise")) } else { ("yes", None) };
        let answered = person.answers(&task, label.0, label.1).await;
        assert!(matches!(answered.status, 200 | 503), "{}", answered.text());
        if answered.status == 200 {
            seen.push(task);
        }
    }
}

/// Lets all of them judge at once until there is nothing left for anybody, and returns how many answers they gave.
async fn judge_all_until_empty(people: &[Person], batch: &str) -> usize {
    let clients: Vec<_> =
        people.iter().map(|person| tokio::spawn(judge_until_empty(person.clone(), batch.to_owned()))).collect();
    let mut answers = 0;
    for client in clients {
        answers += client.await.unwrap().len();
    }
    answers
}

on_both_pairs! {
    async fn thirty_two_clients_at_once_never_break_one_of_the_three_nevers(app: TestApp) {
        const SPEAKERS: usize = 8;
        const WANTED: usize = 5;
        let admin = app.admin().await;
        let prompts: Vec<&str> = (0..24).map(|n| if n % 2 == 0 { "Alexa" } else { "Computer" }).collect();
        let scene = Scene::set_with(&admin, &prompts, json!({}), json!({ "answers_wanted": WANTED, "gold_rate": 0.0 })).await;
        let mut people = Vec::new();
        for n in 0..32 {
            people.push(scene.speaker(&app, &format!("Person {n}")).await);
        }
        let mut own: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for n in 0..24 {
            let speaker = &people[n % SPEAKERS];
            let view = scene.recorded(speaker, &sound::clean(n as u64)).await;
            assert_eq!(view["state"], "verified", "{view}");
            own.entry(speaker.id.clone()).or_default().insert(view["id"].as_str().unwrap().to_owned());
        }
        let mut answers = 0;
        let wanted: BTreeMap<String, usize> = loop {
            let round = judge_all_until_empty(&people, &scene.judge).await;
            answers += round;
            until(async || app.rows("select id, kind from jobs where kind = 'decide_item'").await.is_empty().then_some(())).await;
            // More than at first are wanted where somebody turned out to say nothing by their answers, which may be
            // decided when everybody has stopped: they go on.
            let wanted = app.rows("select clip_id, cast(target as text) from queue where clip_id is not null").await;
            let wanted: BTreeMap<_, _> = wanted.into_iter().map(|(clip, n)| (clip, n.parse().unwrap())).collect();
            if round == 0 || answers == wanted.values().sum::<usize>() {
                break wanted;
            }
        };
        assert!(wanted.len() == 24 && wanted.values().all(|target| *target >= WANTED), "{wanted:?}");
        assert_eq!(answers, wanted.values().sum::<usize>(), "every clip got its answers and none more");
        let rows = app.rows("select i.clip_id, a.person_id from answers a join items i on i.id = a.item_id").await;
        let mut per_clip: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for (clip, person) in &rows {
            assert!(per_clip.entry(clip).or_default().insert(person), "one person answered one clip twice");
            assert!(!own.get(person).is_some_and(|clips| clips.contains(clip)), "somebody judged their own clip");
        }
        assert!(per_clip.iter().all(|(clip, people)| people.len() == wanted[*clip]));
    }

    async fn asking_again_brings_the_same_task_and_a_held_one_brings_the_next(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Computer", "Alexa", "Computer"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        let first = ann.next_task(&scene.record).await.expect(200);
        assert_eq!(first, ann.next_task(&scene.record).await.expect(200));
        let mut held = vec![first["id"].clone()];
        for _ in 0..2 {
            let next = ann.post("/api/v1/tasks/next", json!({ "batch": scene.record, "held": held })).await.expect(200);
            assert!(!held.contains(&next["id"]));
            held.push(next["id"].clone());
        }
        let many = ann.post("/api/v1/tasks/next", json!({ "batch": scene.record, "held": held })).await;
        many.refused(409, "too_many_leases");
    }

    async fn a_lease_that_ends_is_offered_to_somebody_else_and_its_answer_comes_too_late(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), json!({ "answers_wanted": 1, "lease_s": 30, "gold_rate": 0.0 })).await;
        let speaker = scene.speaker(&app, "Ann").await;
        scene.recorded(&speaker, &sound::clean(1)).await;
        let (ben, chi) = (app.person("Ben").await, app.person("Chi").await);
        let task = ben.next_task(&scene.judge).await.expect(200);
        chi.next_task(&scene.judge).await.refused(404, "no_task");
        app.clock.advance_us(31_000_000);
        let again = chi.next_task(&scene.judge).await.expect(200);
        ben.answers(&task, "yes", None).await.refused(410, "lease_expired");
        ben.next_task(&scene.judge).await.refused(404, "no_task");
        chi.answers(&again, "yes", None).await.expect(200);
    }

    async fn a_skipped_item_goes_to_others_and_never_comes_back(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let task = ann.next_task(&scene.record).await.expect(200);
        let skip = format!("/api/v1/tasks/{}/skip", task["id"].as_str().unwrap());
        ben.post(&skip, json!({})).await.refused(403, "foreign_task");
        ann.post(&skip, json!({ "reason": "I cannot say it" })).await.expect(204);
        ann.post(&skip, json!({})).await.expect(204);
        ann.next_task(&scene.record).await.refused(404, "no_task");
        ben.next_task(&scene.record).await.expect(200);
    }

    async fn a_wish_that_cannot_be_read_is_refused_and_no_wish_means_any_batch(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        for wrong in [json!({ "batch": 5 }), json!({ "btach": scene.record }), json!([1])] {
            ann.post("/api/v1/tasks/next", wrong).await.refused(422, "invalid_json");
        }
        ann.post("/api/v1/tasks/next", json!({ "batch": "nonsense" })).await.refused(404, "not_found");
        ann.post("/api/v1/tasks/next", json!({ "batch": scene.judge, "kind": "record" })).await.refused(422, "wrong_kind");
        let any = ann.post_file("/api/v1/tasks/next", "application/json", "").await.expect(200);
        assert_eq!(any["batch"], scene.record.as_str());
    }

    async fn recording_needs_consent_to_the_text_in_force(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = app.person("Ann").await;
        ann.next_task(&scene.record).await.refused(403, "consent_required");
        let path = format!("/api/v1/projects/{}/consent", scene.project);
        ann.post(&path, json!({ "version": 9 })).await.refused(409, "consent_changed");
        ann.consents(&scene.project).await;
        ann.next_task(&scene.record).await.expect(200);
        ann.delete(&path).await.expect(204);
        assert_eq!(ann.get(&path).await.expect(200)["given"], false);
    }

    async fn gold_comes_at_its_rate_looks_like_work_and_measures_its_answers(app: TestApp) {
        let admin = app.admin().await;
        let prompts = vec!["Alexa"; 12];
        let scene = Scene::set_with(&admin, &prompts, json!({}), json!({ "answers_wanted": 3, "gold_rate": 0.5 })).await;
        let speaker = scene.speaker(&app, "Ann").await;
        let mut gold = String::from("recording,phrase,label,reason\n");
        for n in 0..12 {
            let view = scene.recorded(&speaker, &sound::clean(n)).await;
            gold += &format!("{},Computer,no,wrong_word\n", view["id"].as_str().unwrap());
        }
        let bad = "recording,phrase,label,reason\nnonsense,,yes,\n";
        let path = format!("/api/v1/batches/{}/gold", scene.judge);
        admin.post_file(&path, "text/csv", bad).await.refused(422, "import_rows");
        assert_eq!(admin.post_file(&path, "text/csv", gold).await.expect(201)["imported"], 12);
        let ben = app.person("Ben").await;
        let (mut fields, mut phrases, mut heard) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
        while let Ok(task) = serde_json::from_slice::<Value>(&ben.next_task(&scene.judge).await.body) {
            // Nothing left, or paused: every answer to gold is wrong.
            if task["code"].is_string() {
                break;
            }
            fields.insert(task.as_object().unwrap().keys().cloned().collect::<Vec<_>>());
            let audio = ben.get(task["audio_url"].as_str().unwrap()).await;
            assert_eq!(audio.headers["content-type"], "audio/wav");
            heard.insert(audio.body);
            phrases.push(task["phrase"].as_str().unwrap().to_owned());
            let receipt = ben.answers(&task, "yes", None).await.expect(200);
            assert_eq!(receipt["pay_cents"], 3);
        }
        assert_eq!(fields.len(), 1, "gold has other fields than work: {fields:?}");
        let met = phrases.iter().filter(|phrase| *phrase == "Computer").count();
        assert!((1..=12).contains(&met), "{met} gold of {}", phrases.len());
        assert_eq!(heard.len(), phrases.len(), "a clip that comes again gives the gold away");
        until(async || {
            let rows = app.rows("select person_id, cast(count(*) as text) from gold_results where correct = 0 group by person_id").await;
            (rows == [(ben.id.clone(), met.to_string())]).then_some(())
        })
        .await;
    }
}
