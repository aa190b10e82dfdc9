//! Takes that were sent twice: found by file, samples and sound; settled by a reviewer, never by a threshold.

use std::fs;

use audio::wav::encode_pcm16;
use serde_json::{Value, json};

use crate::{
    helpers::{Person, Scene, TestApp, id, sound, until},
    on_both_pairs,
};

/// How many clips wait for judges.
async fn before_judges(app: &TestApp) -> usize {
    app.rows("select item_id, batch_id from queue where speaker_id is not null").await.len()
}

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
        assert_eq!(before_judges(&app).await, 1, "judges hear the first take only");
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
        assert_eq!(scene.recorded(&ben, &sound::clean(2)).await["state"], "verified", "the prompt is offered again");
    }

    async fn a_replay_is_found_by_its_sound_and_a_reviewer_can_let_it_pass(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let (_, _, second) = says_twice(&app, &scene, "Ann", &replayed(&sound::clean(1))).await;
        let waiting = rita.get("/api/v1/duplicates").await.expect(200);
        assert_eq!(waiting[0]["likeness"], "sound", "{waiting}");
        assert!(waiting[0]["bit_error_rate"].as_f64().unwrap() < 0.25, "{waiting}");
        rita.post(&format!("/api/v1/duplicates/{}", id(&second)), json!({ "same": false })).await.expect(204);
        until(async || (before_judges(&app).await == 2).then_some(())).await;
        assert_eq!(rita.get("/api/v1/duplicates").await.expect(200), json!([]));
    }

    async fn two_takes_of_one_phrase_are_two_takes(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let take = |pace, pitch| fs::read(sound::espeak_as(app.backend.folder(), "Alexa", 48_000, (pace, pitch))).unwrap();
        says(&app, &scene, "Ann", &take(150, 50), &take(156, 53)).await;
        until(async || (before_judges(&app).await == 2).then_some(())).await;
        assert!(app.rows("select clip_id, earlier_id from duplicates").await.is_empty());
    }

    async fn nobody_settles_their_own_and_held_takes_stay_held_when_judging_opens(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let judging = format!("/api/v1/batches/{}/state", scene.judge);
        admin.post(&judging, json!({ "state": "paused" })).await.expect(200);
        let (ann, _, second) = says_twice(&app, &scene, "Ann", &sound::clean(1)).await;
        admin.put(&format!("/api/v1/people/{}/role", ann.id), json!({ "role": "reviewer" })).await.expect(204);
        let ann = ann.signed_in().await;
        assert_eq!(ann.get("/api/v1/duplicates").await.expect(200), json!([]));
        ann.post(&format!("/api/v1/duplicates/{}", id(&second)), json!({ "same": false })).await.refused(403, "own_clip");
        admin.post(&judging, json!({ "state": "open" })).await.expect(200);
        until(async || (before_judges(&app).await >= 1).then_some(())).await;
        until(async || app.rows("select kind, state from jobs").await.is_empty().then_some(())).await;
        assert_eq!(before_judges(&app).await, 1);
    }
}
