//! Training before the work: what it pays, whom it lets through, what it keeps to itself.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    helpers::{Person, Reply, Scene, sound},
    on_both_pairs,
};

/// Names of the sounds that a training is made of; each says another word.
const WORDS: [&str; 15] = [
    "alexa", "computer", "orbit", "robin", "window", "harbour", "lemon", "magnet", "paper", "river", "silver",
    "tunnel", "velvet", "winter", "yellow",
];

/// A judging batch with a training of five items and a qualification of five, from sent sounds.
pub struct School<'a> {
    pub admin: &'a Person,
    pub batch: String,
}

impl<'a> School<'a> {
    /// Sends the sounds, saves the settings with these changes, and adds the items; every second
    /// one is a wrong word.
    pub async fn found(admin: &'a Person, batch: &str, changes: Value) -> School<'a> {
        let school = School { admin, batch: batch.to_owned() };
        for (at, word) in WORDS.iter().enumerate() {
            school.sends(&format!("{word}.wav"), sound::said(word, at as u64)).await.expect(201);
        }
        school.rules(json!({})).await.expect(204);
        let rows = school.rows(&WORDS[1..11]);
        let example = "example,alexa.wav,Alexa,yes,,\"The whole word, and nothing else.\",0";
        school.imports(&format!("{HEADER}\n{example}\n{rows}")).await.expect(201);
        school.rules(changes).await.expect(204);
        school
    }

    /// Rows for these words: half for the training, half for the qualification.
    fn rows(&self, words: &[&str]) -> String {
        let row = |(at, word): (usize, &&str)| {
            let part = if at < 5 { "training" } else { "qualification" };
            match at % 2 {
                0 => format!("{part},{word}.wav,{word},yes,,You hear {word}."),
                _ => format!("{part},{word}.wav,Alexa,no,wrong_word,You hear {word}."),
            }
        };
        words.iter().enumerate().map(|row_of| row(row_of) + ",\n").collect()
    }

    pub async fn rules(&self, changes: Value) -> Reply {
        let mut settings = json!({ "instructions": "Listen to the whole sound. Say yes to the phrase alone.",
            "questions": 5, "pass_percent": 80, "tries": 3, "wait_s": 3600, "item_s": 20 });
        for (name, value) in changes.as_object().cloned().unwrap_or_default() {
            settings[name] = value;
        }
        self.admin.put(&format!("/api/v1/batches/{}/training", self.batch), settings).await
    }

    pub async fn sends(&self, name: &str, bytes: Vec<u8>) -> Reply {
        let path = format!("/api/v1/batches/{}/training/sounds?name={name}", self.batch);
        self.admin.post_file(&path, "audio/wav", bytes).await
    }

    pub async fn imports(&self, rows: &str) -> Reply {
        self.admin.post_file(&format!("/api/v1/batches/{}/training/items", self.batch), "text/csv", rows).await
    }
}

const HEADER: &str = "part,sound,phrase,label,reason,explanation,sensitivity";

impl Person {
    /// Their training page over the API.
    pub async fn lesson(&self, batch: &str) -> Value {
        self.get(&format!("/api/v1/training/{batch}")).await.expect(200)
    }

    async fn begins(&self, batch: &str) -> Reply {
        let lesson = self.lesson(batch).await;
        let path = format!("/api/v1/training/{batch}/attempts/{}", lesson["next_number"]);
        self.post(&path, json!({ "pay_cents": lesson["pay_cents"] })).await
    }

    async fn opens(&self, batch: &str) -> Reply {
        self.post(&format!("/api/v1/training/{batch}/next"), json!({})).await
    }

    async fn replies(&self, batch: &str, question: &Value, right: bool) -> Reply {
        let path = format!("/api/v1/training/{batch}/steps/{}/answer", question["id"].as_str().unwrap());
        // In these trainings “Alexa” is never what is heard.
        let yes = (question["phrase"] != "Alexa") == right;
        let body = if yes { json!({ "label": "yes" }) } else { json!({ "label": "no", "reason": "wrong_word" }) };
        self.post(&path, body).await
    }

    /// Answers all questions of an attempt, the qualification with this many mistakes.
    pub async fn goes_through(&self, batch: &str, mistakes: usize) -> Vec<Value> {
        let (mut questions, mut made) = (Vec::new(), 0);
        loop {
            let question = self.opens(batch).await.expect(200);
            let errs = question["part"] == "qualification" && made < mistakes;
            made += usize::from(errs);
            let receipt = self.replies(batch, &question, !errs).await.expect(200);
            assert_eq!(receipt["feedback"].is_null(), question["part"] == "qualification", "{receipt}");
            questions.push(question);
            if receipt["finished"] == true {
                return questions;
            }
        }
    }

    async fn earned(&self) -> (Value, usize) {
        let statement = self.get("/api/v1/ledger/statement").await.expect(200);
        (statement["balances"][0]["payable_cents"].clone(), statement["lines"].as_array().unwrap().len())
    }
}

async fn scene(admin: &Person) -> Scene {
    Scene::set_with(admin, &["Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await
}

on_both_pairs! {
    async fn nobody_works_before_the_qualification_and_who_passes_does(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        let school = School::found(&admin, &scene.judge, json!({ "required": true })).await;
        let ben = app.person("Ben").await;
        let refused = ben.next_task(&scene.judge).await.refused(403, "qualification_required");
        assert!(refused["detail"].as_str().unwrap().contains(&format!("/training/{}", scene.judge)), "{refused}");

        let lesson = ben.lesson(&scene.judge).await;
        assert_eq!((&lesson["stage"], &lesson["required"]), (&json!("offered"), &json!(true)));
        // 11 words at 150 a minute, an example of 10 s and 10 sounds of 20 s, at 12.00 an hour: 0.39 and 0.34.
        assert_eq!((&lesson["pay_cents"], &lesson["takes_s"]), (&json!(73), &json!(214)), "{lesson}");
        let example = ben.get(lesson["examples"][0]["audio_url"].as_str().unwrap()).await;
        assert_eq!((example.status, &example.headers["content-type"]), (200, &"audio/wav".parse().unwrap()));

        ben.begins(&scene.judge).await.expect(200);
        let questions = ben.goes_through(&scene.judge, 0).await;
        assert_eq!(questions.len(), 10);
        let lesson = ben.lesson(&scene.judge).await;
        assert_eq!((&lesson["stage"], &lesson["outcome"]["right"]), (&json!("passed"), &json!(5)), "{lesson}");
        ben.next_task(&scene.judge).await.refused(404, "no_task");
        ben.begins(&scene.judge).await.refused(404, "not_found");
        let path = format!("/api/v1/training/{}/attempts/2", scene.judge);
        ben.post(&path, json!({ "pay_cents": 0 })).await.refused(409, "training_done");

        let cleo = app.person("Cleo").await;
        cleo.next_task(&scene.judge).await.refused(403, "qualification_required");
        // Who begins later is paid by the floor of then: 114.4 s and 100 s at 18.00 an hour.
        app.try_sql("update wage_floors set cents_per_hour = 1800 where currency = 'USD'").await.unwrap();
        assert_eq!(cleo.lesson(&scene.judge).await["pay_cents"], 108);
        school.rules(json!({ "required": false })).await.expect(204);
        cleo.next_task(&scene.judge).await.refused(404, "no_task");
    }

    async fn a_failed_try_is_paid_explained_and_tried_again_later_on_other_sounds(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        let school = School::found(&admin, &scene.judge, json!({ "required": true, "tries": 2 })).await;
        let more = ["tunnel", "velvet", "winter", "yellow"].map(|word| format!("qualification,{word}.wav,Alexa,no,wrong_word,,\n"));
        school.imports(&format!("{HEADER}\n{}", more.concat())).await.expect(201);
        let ben = app.person("Ben").await;
        ben.begins(&scene.judge).await.expect(200);
        let first = ben.goes_through(&scene.judge, 2).await;
        assert_eq!(first.len(), 10);
        let lesson = ben.lesson(&scene.judge).await;
        assert_eq!((&lesson["stage"], &lesson["tries_left"]), (&json!("waiting"), &json!(1)), "{lesson}");
        assert_eq!(lesson["available_at"], "2026-01-05T10:00:00Z");
        let outcome = &lesson["outcome"];
        assert_eq!((&outcome["passed"], &outcome["right"], &outcome["needed"]), (&json!(false), &json!(3), &json!(4)));
        let wrong: i64 = outcome["wrong_kinds"].as_array().unwrap().iter().map(|kind| kind["wrong"].as_i64().unwrap()).sum();
        assert_eq!(wrong, 2, "{outcome}");
        assert_eq!(ben.earned().await, (json!(73), 4), "each part was paid once, though it was failed");

        let again = format!("/api/v1/training/{}/attempts/2", scene.judge);
        let early = ben.post(&again, json!({ "pay_cents": 0 })).await.refused(409, "training_wait");
        assert_eq!(early["available_at"], "2026-01-05T10:00:00Z");
        app.clock.advance_us(3_600_000_000);
        let ben = ben.signed_in_again().await;
        let lesson = ben.lesson(&scene.judge).await;
        assert_eq!((&lesson["stage"], &lesson["pay_cents"], &lesson["training_items"]), (&json!("offered"), &json!(0), &json!(0)));
        ben.post(&again, json!({ "pay_cents": 1 })).await.refused(409, "training_terms");
        ben.begins(&scene.judge).await.expect(200);
        let second = ben.goes_through(&scene.judge, 5).await;
        assert_eq!(second.len(), 5, "only the qualification is tried again");
        let steps = app.rows("select item_id, cast(count(*) as text) from training_steps where part = 'qualification' group by item_id").await;
        assert_eq!(steps.len(), 9, "sounds that were not met before come first");
        assert_eq!(ben.lesson(&scene.judge).await["stage"], "exhausted");
        ben.post(&format!("/api/v1/training/{}/attempts/3", scene.judge), json!({ "pay_cents": 0 })).await.refused(409, "training_exhausted");
        ben.next_task(&scene.judge).await.refused(403, "qualification_required");
        assert_eq!(ben.earned().await, (json!(73), 4), "only the first try is paid");

        let admin = admin.signed_in_again().await;
        let page = admin.get(&format!("/batches/{}/training", scene.judge)).await.text();
        assert!(page.contains("Allow Ben one more try"), "{page}");
        let grant = format!("/api/v1/batches/{}/training/people/{}/tries", scene.judge, ben.id);
        ben.post(&grant, json!({})).await.refused(403, "forbidden");
        for _ in 0..2 {
            admin.post(&grant, json!({})).await.expect(204);
        }
        let lesson = ben.lesson(&scene.judge).await;
        assert_eq!((&lesson["stage"], &lesson["tries_left"]), (&json!("offered"), &json!(1)), "{lesson}");
        ben.begins(&scene.judge).await.expect(200);
        ben.goes_through(&scene.judge, 5).await;
        assert_eq!(ben.lesson(&scene.judge).await["stage"], "exhausted", "one more was one");
        admin.post(&grant, json!({})).await.expect(204);
        ben.begins(&scene.judge).await.expect(200);
        admin.post(&grant, json!({})).await.refused(409, "tries_left");
        ben.goes_through(&scene.judge, 0).await;
        ben.next_task(&scene.judge).await.refused(404, "no_task");
    }

    async fn every_request_may_come_twenty_times_at_once_and_counts_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        School::found(&admin, &scene.judge, json!({ "required": true })).await;
        let ben = app.person("Ben").await;
        let path = format!("/api/v1/training/{}/attempts/1", scene.judge);
        let begun = join_all((0..20).map(|_| ben.post(&path, json!({ "pay_cents": 73 })))).await;
        assert!(begun.iter().all(|reply| reply.status == 200), "{begun:?}");
        for _ in 0..10 {
            let opened = join_all((0..20).map(|_| ben.opens(&scene.judge))).await;
            let questions: BTreeSet<String> = opened.into_iter().map(|reply| reply.expect(200)["id"].to_string()).collect();
            assert_eq!(questions.len(), 1, "one question at a time");
            let question = ben.opens(&scene.judge).await.expect(200);
            let replies = join_all((0..20).map(|_| ben.replies(&scene.judge, &question, true))).await;
            let receipts: BTreeSet<String> = replies.into_iter().map(|reply| reply.expect(200).to_string()).collect();
            assert_eq!(receipts.len(), 1, "{receipts:?}");
            ben.replies(&scene.judge, &question, false).await.refused(422, "idempotency_mismatch");
        }
        assert_eq!(ben.lesson(&scene.judge).await["stage"], "passed");
        assert_eq!(ben.earned().await, (json!(73), 4), "two parts, each pending once and accepted once");
        let kept = app.rows("select cast(count(*) as text), (select cast(count(*) as text) from training_steps) from training_attempts").await;
        assert_eq!(kept, [("1".to_owned(), "10".to_owned())]);
    }

    async fn a_question_is_its_person_s_own_and_heard_once_it_is_open(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        School::found(&admin, &scene.judge, json!({})).await;
        let (ben, eve) = (app.person("Ben").await, app.person("Eve").await);
        let begun = ben.begins(&scene.judge).await.expect(200);
        assert_eq!(begun["question"]["audio_url"], Value::Null, "{begun}");
        let (batch, step) = (&scene.judge, begun["question"]["id"].as_str().unwrap().to_owned());
        let audio = format!("/api/v1/training/{batch}/steps/{step}/audio");
        ben.get(&audio).await.refused(404, "not_found");
        ben.replies(batch, &begun["question"], true).await.refused(409, "question_not_open");
        let question = ben.opens(batch).await.expect(200);
        let fields: Vec<_> = question.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["audio_url", "id", "number", "of", "part", "phrase", "sensitivity"], "the answer is not among them");
        assert_eq!(ben.get(question["audio_url"].as_str().unwrap()).await.status, 200);
        eve.get(&audio).await.refused(404, "not_found");
        eve.replies(batch, &question, true).await.refused(404, "not_found");
        eve.opens(batch).await.refused(409, "training_not_open");
        // State survives: the same question is given again, on another device too.
        let elsewhere = ben.signed_in_again().await;
        assert_eq!(elsewhere.opens(batch).await.expect(200)["id"], question["id"]);
        let view = admin.get(&format!("/api/v1/batches/{batch}/training")).await.expect(200);
        for item in view["items"].as_array().unwrap().iter().filter(|item| item["part"] != "example") {
            ben.get(item["audio_url"].as_str().unwrap()).await.refused(404, "not_found");
            assert_eq!(admin.get(item["audio_url"].as_str().unwrap()).await.status, 200);
        }
        ben.get(&format!("/api/v1/batches/{batch}/training")).await.refused(403, "forbidden");
    }

    async fn sensitive_sounds_need_an_opt_in_count_as_exposure_and_stop_at_the_limit(app: TestApp) {
        let admin = app.admin().await;
        let prompts = vec!["Alexa"; 20];
        let scene = Scene::set_with(&admin, &prompts, json!({ "sensitivity": 2 }), json!({ "sensitivity": 2 })).await;
        School::found(&admin, &scene.judge, json!({})).await;
        let ben = scene.speaker(&app, "Ben").await;
        ben.begins(&scene.judge).await.expect(200);
        ben.opens(&scene.judge).await.refused(403, "opt_in_required");
        crate::exposure::agree(&ben, &["other"]).await;
        ben.put("/api/v1/exposure/limits", json!({ "strong_day_min": 3 })).await.expect(204);
        let question = ben.opens(&scene.judge).await.expect(200);
        assert_eq!(question["sensitivity"], 2);
        app.clock.advance_us(100_000_000);
        assert_eq!(ben.opens(&scene.judge).await.expect(200)["id"], question["id"]);
        ben.replies(&scene.judge, &question, true).await.expect(200);
        let used = async |person: &Person| person.get("/api/v1/exposure").await.expect(200)["uses"][1]["used_s"].clone();
        assert_eq!(used(&ben).await, 100, "opening it again is not hearing another one");
        let second = ben.opens(&scene.judge).await.expect(200);
        app.clock.advance_us(80_000_000);
        ben.replies(&scene.judge, &second, true).await.expect(200);
        let limit = ben.opens(&scene.judge).await.refused(403, "exposure_limit");
        assert_eq!(limit["available_at"], "2026-01-06T10:00:00Z");
        app.clock.advance_us(25 * 3_600_000_000);
        let ben = ben.signed_in_again().await;
        let third = ben.opens(&scene.judge).await.expect(200);
        assert_eq!(third["number"], 3, "the place was kept");
    }

    async fn a_bad_import_names_every_bad_row_and_adds_nothing(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        let school = School { admin: &admin, batch: scene.judge.clone() };
        school.imports(&format!("{HEADER}\nexample,a.wav,Alexa,yes,,Good.,0\n")).await.refused(409, "training_missing");
        school.rules(json!({ "required": true })).await.refused(409, "training_incomplete");
        school.rules(json!({ "pass_percent": 40 })).await.refused(422, "invalid_pass_mark");
        school.rules(json!({ "instructions": " " })).await.refused(422, "invalid_instructions");
        school.rules(json!({})).await.expect(204);
        school.sends("a.wav", b"RIFF nonsense".to_vec()).await.refused(422, "unreadable_sound");
        let sent = school.sends("a.wav", sound::clean(1)).await.expect(201);
        assert_eq!(school.sends("a.wav", sound::clean(1)).await.expect(201)["id"], sent["id"]);
        school.sends("a.wav", sound::clean(2)).await.refused(409, "name_taken");
        let ann = scene.speaker(&app, "Ann").await;
        let silent = scene.recorded(&ann, &sound::silent()).await;
        let bad = [
            "example,a.wav,Alexa,yes,,The whole word.,0".to_owned(),
            "lesson,a.wav,Alexa,yes,,The whole word.,".to_owned(),
            "training,b.wav,Alexa,yes,,The whole word.,".to_owned(),
            "training,a.wav,,yes,,The whole word.,".to_owned(),
            "training,a.wav,Robin,no,,Another word.,".to_owned(),
            "training,a.wav,Robin,yes,,,".to_owned(),
            "training,a.wav,Robin,maybe,,Who knows.,".to_owned(),
            "training,a.wav,Robin,yes,,Screams.,3".to_owned(),
            "example,a.wav,Robin,yes,,Quarrel.,1".to_owned(),
            "training,a.wav,Alexa,yes,,The same again.,".to_owned(),
            format!("training,{},,yes,,Nothing.,", silent["id"].as_str().unwrap()),
        ];
        let import = |rows: &[String]| format!("{HEADER}\n{}\n", rows.join("\n"));
        let problem = school.imports(&import(&bad)).await.refused(422, "import_rows");
        let named = |problem: &Value| -> Vec<(u64, String)> {
            let rows = problem["rows"].as_array().unwrap().iter();
            rows.map(|row| (row["line"].as_u64().unwrap(), row["field"].as_str().unwrap().to_owned())).collect()
        };
        let wanted = [(3, "part"), (6, "reason"), (7, "explanation"), (8, "label"), (9, "sensitivity")];
        assert_eq!(named(&problem), wanted.map(|(line, field)| (line, field.to_owned())));
        // What only the database can tell comes when the rows themselves are right.
        let rest: Vec<String> = [0, 2, 3, 8, 9, 10].iter().map(|at| bad[*at].clone()).collect();
        let problem = school.imports(&import(&rest)).await.refused(422, "import_rows");
        let wanted = [(3, "sound"), (4, "phrase"), (5, "sensitivity"), (6, "sound"), (7, "sound")];
        assert_eq!(named(&problem), wanted.map(|(line, field)| (line, field.to_owned())));
        let view = admin.get(&format!("/api/v1/batches/{}/training", scene.judge)).await.expect(200);
        assert_eq!(view["items"], json!([]));
        app.person("Ben").await.get(&format!("/api/v1/training/{}", scene.judge)).await.refused(404, "not_found");
    }

    async fn nobody_is_asked_about_their_own_voice_and_a_required_training_stays_whole(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        let school = School::found(&admin, &scene.judge, json!({ "required": true })).await;
        let ann = scene.speaker(&app, "Ann").await;
        let clip = scene.recorded(&ann, &sound::clean(1)).await["id"].as_str().unwrap().to_owned();
        school.imports(&format!("{HEADER}\ntraining,{clip},,yes,,The whole word.,\n")).await.expect(201);
        let lesson = async |name: &str| app.known(name).await.lesson(&scene.judge).await["training_items"].clone();
        app.person("Ben").await;
        assert_eq!((lesson("Ann").await, lesson("Ben").await), (json!(5), json!(6)));
        let view = admin.get(&format!("/api/v1/batches/{}/training", scene.judge)).await.expect(200);
        let items = view["items"].as_array().unwrap();
        let path = |item: &Value| format!("/api/v1/batches/{}/training/items/{}", scene.judge, item["id"].as_str().unwrap());
        let of = |part: &str| items.iter().filter(|item| item["part"] == part).map(&path).collect::<Vec<_>>();
        admin.delete(&of("qualification")[0]).await.refused(409, "training_incomplete");
        admin.delete(&of("training")[0]).await.expect(204);
        admin.delete(&of("training")[0]).await.expect(204);
        admin.delete(&of("training")[1]).await.refused(409, "training_incomplete");
        assert_eq!(lesson("Ben").await, 5);
    }

    async fn who_records_reads_first_and_is_paid_for_reading_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        let school = School { admin: &admin, batch: scene.record.clone() };
        school.rules(json!({ "instructions": "Record in a quiet room. ".repeat(30), "required": true })).await.expect(204);
        school.sends("good.wav", sound::clean(1)).await.expect(201);
        school.imports(&format!("{HEADER}\ntraining,good.wav,Alexa,yes,,Good.,0\n")).await.refused(422, "import_rows");
        school.imports(&format!("{HEADER}\nexample,good.wav,Alexa,yes,,Good.,0\n")).await.expect(201);
        let ann = scene.speaker(&app, "Ann").await;
        ann.next_task(&scene.record).await.refused(403, "qualification_required");
        let lesson = ann.lesson(&scene.record).await;
        // 150 words in a minute, an example in ten seconds.
        assert_eq!((&lesson["pay_cents"], &lesson["takes_s"]), (&json!(24), &json!(70)), "{lesson}");
        let path = format!("/api/v1/training/{}/attempts/1", scene.record);
        let read = join_all((0..20).map(|_| ann.post(&path, json!({ "pay_cents": 24 })))).await;
        assert!(read.iter().all(|reply| reply.status == 200 && reply.json()["stage"] == "passed"), "{read:?}");
        assert_eq!(ann.earned().await, (json!(24), 2));
        ann.next_task(&scene.record).await.expect(200);
    }

    async fn files_that_another_site_makes_a_browser_send_are_not_taken(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene(&admin).await;
        let browser = reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap();
        let form = [("csrf", ""), ("next", "/tasks"), ("email", &admin.email), ("password", &admin.password)];
        assert_eq!(Reply::of(browser.post(format!("{}/login", app.url)).form(&form)).await.status, 200);
        let file = "content-disposition: form-data; name=\"files\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n";
        let token = "content-disposition: form-data; name=\"csrf\"\r\n\r\nguessed\r\n";
        for parts in [vec![file], vec![token, file]] {
            let body = parts.iter().map(|part| format!("--cut\r\n{part}")).collect::<String>() + "--cut--\r\n";
            let request = browser.post(format!("{}/batches/{}/training/sounds", app.url, scene.judge));
            let request = request.header("content-type", "multipart/form-data; boundary=cut").body(body);
            assert_eq!(Reply::of(request).await.status, 403);
        }
    }
}
