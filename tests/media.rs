//! Uploads: every step repeatable, every lie refused; verification with the browser's own code.

use crate::helpers::{Person, Scene, id, people::sha256_hex, settled, sound};
use crate::on_both_pairs;
use serde_json::{Value, json};

struct Declared {
    id: String,
    url: String,
    headers: Value,
}

async fn declare(person: &Person, task: &Value, wav: &[u8]) -> Declared {
    let view = person.post("/api/v1/recordings", person.declaration(task, wav)).await.expect(201);
    Declared {
        id: id(&view),
        url: view["upload"]["url"].as_str().unwrap().to_owned(),
        headers: view["upload"]["headers"].clone(),
    }
}

async fn complete(person: &Person, declared: &Declared) -> crate::helpers::Reply {
    person.post(&format!("/api/v1/recordings/{}/complete", declared.id), json!({})).await
}

on_both_pairs! {
    async fn every_step_of_an_upload_may_be_repeated_and_counts_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        let task = ann.next_task(&scene.record).await.expect(200);
        let wav = sound::clean(1);
        let body = ann.declaration(&task, &wav);
        let first = ann.post("/api/v1/recordings", body.clone()).await.expect(201);
        let second = ann.post("/api/v1/recordings", body.clone()).await.expect(201);
        assert_eq!((&first["id"], &first["state"]), (&second["id"], &second["state"]));
        let mut other = body.clone();
        other["sha256"] = "0".repeat(64).into();
        ann.post("/api/v1/recordings", other).await.refused(422, "idempotency_mismatch");
        let declared = declare_again(&second);
        complete(&ann, &declared).await.refused(409, "not_uploaded");
        for _ in 0..2 {
            let sent = ann.put_bytes(&declared.url, &declared.headers, &wav).await;
            assert!(matches!(sent.status, 200 | 204), "{}", sent.text());
        }
        complete(&ann, &declared).await.expect(202);
        complete(&ann, &declared).await.expect(202);
        ann.post("/api/v1/recordings", body).await.expect(201);
        let view = settled(&ann, &declared.id).await;
        assert_eq!(view["state"], "verified", "{view}");
        assert_eq!(ann.get("/api/v1/recordings").await.expect(200).as_array().unwrap().len(), 1);
        let statement = ann.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(statement["balances"][0]["pending_cents"], 10);
        let back = ann.get(&format!("/api/v1/recordings/{}/audio", declared.id)).await;
        assert_eq!(sha256_hex(&back.body), sha256_hex(&wav), "the original is untouched");
    }

    async fn wrong_bytes_sizes_types_and_tasks_each_have_their_own_code(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Computer"]).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let task = ann.next_task(&scene.record).await.expect(200);
        let wav = sound::clean(2);
        let with = |field: &str, value: Value| {
            let mut body = ann.declaration(&task, &wav);
            body[field] = value;
            body
        };
        ann.post("/api/v1/recordings", with("content_type", "audio/mpeg".into())).await.refused(415, "wrong_type");
        ann.post("/api/v1/recordings", with("size_bytes", json!(90_000_000))).await.refused(413, "too_large");
        ann.post("/api/v1/recordings", with("sha256", "ABC".into())).await.refused(422, "invalid_digest");
        ben.post("/api/v1/recordings", with("id", json!(uuid::Uuid::now_v7()))).await.refused(403, "foreign_task");
        let declared = declare(&ann, &task, &wav).await;
        let mut altered = wav.clone();
        altered[1000] ^= 1;
        let refused = ann.put_bytes(&declared.url, &declared.headers, &altered).await;
        assert!((400..500).contains(&refused.status), "{}", refused.text());
        let longer = [wav.clone(), vec![0; 10]].concat();
        assert!((400..500).contains(&ann.put_bytes(&declared.url, &declared.headers, &longer).await.status));
        let mut headers = declared.headers.clone();
        headers["content-type"] = "text/html".into();
        assert!((400..500).contains(&ann.put_bytes(&declared.url, &headers, &wav).await.status));
        let elsewhere = declared.url.replace(&declared.id, &uuid::Uuid::now_v7().to_string());
        assert!((400..500).contains(&ann.put_bytes(&elsewhere, &declared.headers, &wav).await.status));
        complete(&ann, &declared).await.refused(409, "not_uploaded");
        complete(&ben, &declared).await.refused(404, "not_found");
    }

    async fn a_bad_take_that_a_script_sends_anyway_is_refused_with_the_browser_s_code(app: TestApp) {
        let admin = app.admin().await;
        let takes = [
            ("silence", sound::silent()),
            ("clipped", sound::clipped()),
            ("cut_start", sound::truncated_start()),
            ("cut_end", sound::truncated_end()),
        ];
        let scene = Scene::set(&admin, &["Alexa"]).await;
        for (n, (code, wav)) in takes.into_iter().enumerate() {
            let speaker = scene.speaker(&app, &format!("Speaker {n}")).await;
            let view = scene.recorded(&speaker, &wav).await;
            assert_eq!((view["state"].as_str(), view["reason"].as_str()), (Some("refused"), Some(code)), "{view}");
            assert!(view["sentence"].as_str().is_some_and(|sentence| sentence.len() > 20));
            let statement = speaker.get("/api/v1/ledger/statement").await.expect(200);
            assert_eq!((&statement["balances"][0]["pending_cents"], &statement["balances"][0]["payable_cents"]), (&json!(0), &json!(0)));
        }
        // The prompt was offered again each time: the next speaker still gets it.
        let speaker = scene.speaker(&app, "Last").await;
        assert_eq!(scene.recorded(&speaker, &sound::clean(3)).await["state"], "verified");
    }

    async fn a_file_that_is_no_recording_is_refused_in_words(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        let html = b"<html><script>alert(1)</script></html>                              ".to_vec();
        let view = scene.recorded(&ann, &html).await;
        assert_eq!((view["state"].as_str(), view["reason"].as_str()), (Some("refused"), Some("not_wav")), "{view}");
    }

    async fn a_report_that_does_not_fit_the_file_is_refused(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let wav = sound::clean(4);
        let clip = audio::wav::decode(&wav, &audio::wav::Limits::default()).unwrap();
        let honest = audio::measure(&clip, &audio::Policy::default());
        let mut lie = honest.clone();
        lie.snr_db += 12.0;
        for (name, report, state) in [("Ann", honest, "verified"), ("Ben", lie, "refused")] {
            let person = scene.speaker(&app, name).await;
            let task = person.next_task(&scene.record).await.expect(200);
            let mut body = person.declaration(&task, &wav);
            body["report"] = serde_json::to_value(report).unwrap();
            let view = person.post("/api/v1/recordings", body).await.expect(201);
            let declared = declare_again(&view);
            person.put_bytes(&declared.url, &declared.headers, &wav).await;
            complete(&person, &declared).await.expect(202);
            let view = settled(&person, &declared.id).await;
            assert_eq!(view["state"], state, "{view}");
        }
    }

    async fn an_upload_address_ends_after_five_minutes(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        let task = ann.next_task(&scene.record).await.expect(200);
        let wav = sound::clean(5);
        let declared = declare(&ann, &task, &wav).await;
        if declared.url.starts_with('/') {
            app.clock.advance_us(301_000_000);
            ann.put_bytes(&declared.url, &declared.headers, &wav).await.refused(403, "url_expired");
            let forged = declared.url.replace("expires_us=1", "expires_us=2");
            ann.put_bytes(&forged, &declared.headers, &wav).await.refused(403, "bad_signature");
        } else {
            // S3 keeps its own clock: what can be seen is that the address carries the limit.
            assert!(declared.url.contains("X-Amz-Expires=300"), "{}", declared.url);
        }
    }
}

fn declare_again(view: &Value) -> Declared {
    Declared {
        id: id(view),
        url: view["upload"]["url"].as_str().unwrap().to_owned(),
        headers: view["upload"]["headers"].clone(),
    }
}
