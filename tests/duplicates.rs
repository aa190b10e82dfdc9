//! Takes that were sent twice: found by file, samples and sound; settled by a reviewer, never by a threshold.

use std::fs;

use audio::wav::encode_pcm16;
use serde_json::{Value, json};

use crate::{
    exports::released,
    helpers::{Person, Scene, TestApp, id, sound, until},
    on_both_pairs,
};

/// A speaker whose second take is `later`; gives both recordings once they are measured.
async fn says_twice(app: &TestApp, scene: &Scene, name: &str, later: &[u8]) -> (Person, Value, Value) {
    says(app, scene, name, &sound::clean(1), later).await
}

async fn says(app: &TestApp, scene: &Scene, name: &str, first: &[u8], later: &[u8]) -> (Person, Value, Value) {
    let speaker = scene.speaker(app, name).await;
    let first = scene.recorded(&speaker, first).await;
    let second = scene.recorded(&speaker, later).await;
    assert_eq!((&first["state"], &second["state"]), (&json!("verified"), &json!("verified")), "{first} {second}");
    (speaker, first, second)
}

/// The same sound quieter, in a noisier copy that begins a little later, as a replay would be.
fn replayed(wav: &[u8]) -> Vec<u8> {
    let (samples, rate_hz) = sound::samples(wav);
    let late: Vec<f32> = samples.iter().skip(1_000).map(|sample| sample * 0.7).collect();
    encode_pcm16(&audio::synth::scene(&late, 0, 0, -60.0, 9, rate_hz), rate_hz)
}

on_both_pairs! {
    async fn a_file_sent_twice_waits_for_a_reviewer_and_is_refused_only_by_one(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let (ann, first, second) = says_twice(&app, &scene, "Ann", &sound::clean(1)).await;
        let waiting = rita.get("/api/v1/duplicates").await.expect(200);
        assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
        assert_eq!((&waiting[0]["clip"], &waiting[0]["earlier"]), (&second["id"], &first["id"]));
        assert_eq!((&waiting[0]["likeness"], &waiting[0]["phrase"]), (&json!("file"), &json!("Alexa")));
        ann.get("/api/v1/duplicates").await.refused(403, "forbidden");

        let path = format!("/api/v1/duplicates/{}", id(&second));
        rita.post(&path, json!({ "same": true })).await.expect(204);
        rita.post(&path, json!({ "same": true })).await.expect(204);
        rita.post(&path, json!({ "same": false })).await.refused(409, "already_decided");
        let view = ann.get(&format!("/api/v1/recordings/{}", id(&second))).await.expect(200);
        assert_eq!((&view["state"], &view["reason"]), (&json!("refused"), &json!("duplicate")), "{view}");
        assert!(view["sentence"].as_str().unwrap().contains("anew"), "{view}");
        let statement = ann.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(statement["balances"][0]["pending_cents"], 10, "only the first take is paid: {statement}");
        let ben = scene.speaker(&app, "Ben").await;
        let heard = ben.next_task(&scene.judge).await.expect(200);
        ben.answers(&heard, "yes", None).await.expect(200);
        ben.next_task(&scene.judge).await.refused(404, "no_task");
        assert_eq!(scene.recorded(&ben, &sound::clean(2)).await["state"], "verified", "the prompt is offered again");
    }

    async fn a_replay_is_found_by_its_sound_and_neither_paid_nor_released_until_a_reviewer_lets_it_pass(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let (ann, _, second) = says_twice(&app, &scene, "Ann", &replayed(&sound::clean(1))).await;
        let waiting = rita.get("/api/v1/duplicates").await.expect(200);
        assert_eq!(waiting[0]["likeness"], "sound", "{waiting}");
        assert!(waiting[0]["bit_error_rate"].as_f64().unwrap() < 0.25, "{waiting}");
        for name in ["Ben", "Chi"] {
            let judge = scene.speaker(&app, name).await;
            for _ in 0..2 {
                let task = judge.next_task(&scene.judge).await.expect(200);
                judge.answers(&task, "yes", None).await.expect(200);
            }
        }
        let payable = async || {
            let statement = ann.get("/api/v1/ledger/statement").await.expect(200);
            (statement["balances"][0]["payable_cents"].clone(), statement["balances"][0]["pending_cents"].clone())
        };
        until(async || (payable().await == (json!(10), json!(10))).then_some(())).await;
        until(async || (app.rows("select state, label from verdicts").await.len() == 2).then_some(())).await;
        assert_eq!(released(&admin, &scene.project, "1.0.0").await["card"]["counts"]["clips"], 1);
        rita.post(&format!("/api/v1/duplicates/{}", id(&second)), json!({ "same": false })).await.expect(204);
        assert_eq!(payable().await, (json!(20), json!(0)));
        assert_eq!(released(&admin, &scene.project, "1.1.0").await["card"]["counts"]["clips"], 2);
        assert_eq!(rita.get("/api/v1/duplicates").await.expect(200), json!([]));
    }

    async fn two_takes_of_one_phrase_are_two_takes(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Hey computer", "Hey computer"]).await;
        let take = |pace, pitch| {
            fs::read(sound::espeak_as(app.backend.folder(), "Hey computer", 48_000, (pace, pitch))).unwrap()
        };
        says(&app, &scene, "Ann", &take(140, 45), &take(165, 58)).await;
        assert!(app.rows("select clip_id, earlier_id from duplicates").await.is_empty());
    }

    async fn nobody_settles_their_own(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let (ann, _, second) = says_twice(&app, &scene, "Ann", &sound::clean(1)).await;
        admin.put(&format!("/api/v1/people/{}/role", ann.id), json!({ "role": "reviewer" })).await.expect(204);
        let ann = ann.signed_in().await;
        assert_eq!(ann.get("/api/v1/duplicates").await.expect(200), json!([]));
        ann.post(&format!("/api/v1/duplicates/{}", id(&second)), json!({ "same": false })).await.refused(403, "own_clip");
    }
}
