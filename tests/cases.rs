//! Cases: raised once from what people do, decided by somebody else, and noted.

use sayso::cases::{self, Evidence, Kind};
use serde_json::{Value, json};

use crate::{
    helpers::{
        Person, Scene, TestApp,
        browser::{Browser, Setup},
        id, sound, until,
    },
    on_both_pairs,
};

/// Somebody who gives the same answer to everything, at once.
async fn clicks_through(person: &Person, batch: &str) -> usize {
    let mut given = 0;
    loop {
        let reply = person.next_task(batch).await;
        if reply.code() == "no_task" {
            return given;
        }
        let task = reply.expect(200);
        let path = format!("/api/v1/tasks/{}/answer", id(&task));
        person.post(&path, json!({ "label": "yes", "duration_ms": 90 })).await.expect(200);
        given += 1;
    }
}

async fn watch(app: &TestApp) {
    sayso::cases::jobs::watch(app.site().clone()).await.unwrap();
}

/// A case of each kind about a person.
async fn suspected(app: &TestApp, person: &Person, other: &Person) {
    let site = app.site();
    let mut tx = site.db.begin().await.unwrap();
    for kind in [Kind::TooFast, Kind::StraightLining, Kind::Copying, Kind::Hoarding] {
        let figures = [
            ("answers", 200.0),
            ("too_fast", 187.0),
            ("median_ms", 420.0),
            ("probability_by_chance", 3e-12),
            ("usual_share", 0.043),
        ];
        let evidence = Evidence {
            summary: "187 of the last 200 answers came faster than anybody can listen, 170 of them before half of the recording had played.".to_owned(),
            batch: Some(uuid::Uuid::now_v7().to_string()),
            figures: figures.map(|(name, value)| (name.to_owned(), value)).into(),
            examples: (0..20).map(|_| uuid::Uuid::now_v7().to_string()).collect(),
            people: vec![other.id.clone()],
        };
        let raised = cases::raise(&mut tx, person.id.parse().unwrap(), kind, &evidence, site.now_us()).await.unwrap();
        assert!(raised);
        let again = cases::raise(&mut tx, person.id.parse().unwrap(), kind, &evidence, site.now_us()).await.unwrap();
        assert!(!again, "once per person and kind");
    }
    tx.commit().await.unwrap();
}

on_both_pairs! {
    async fn a_reviewer_warns_by_keyboard_and_the_person_reads_it(app: TestApp) {
        let admin = app.admin().await;
        app.person_with_role(&admin, "Rita", "reviewer").await;
        let (ann, ben) = (app.person("Ann").await, app.person("Ben").await);
        suspected(&app, &ann, &ben).await;
        let browser = Browser::open(Setup { size: Some((1280, 900)), ..Setup::default() }).await;
        browser.logs_in(&app.url, "Rita").await;
        browser.click("a[href='/cases']").await;
        browser.at("/cases").await;
        browser.see("Faster than one can listen").await;
        browser.is_accessible("four cases").await;
        browser.script("document.querySelector('main summary').focus()", vec![]).await;
        browser.press("\u{E007}").await;
        let evidence = browser.text("main details[open]").await;
        assert!(evidence.contains("Median, ms") && evidence.contains("below 10⁻⁹"), "{evidence}");
        browser.is_accessible("evidence of a case").await;
        browser.press("\u{E004}").await;
        browser.press("Please listen to the end before you answer.").await;
        browser.press("\u{E004}\u{E004}\u{E007}").await;
        browser.see("Your decision is saved").await;
        browser.logs_out().await;
        browser.logs_in(&app.url, "Ann").await;
        browser.see("Please listen to the end before you answer.").await;
        browser.is_accessible("a warning").await;
        assert_eq!(browser.console_errors().await, Vec::<String>::new());
        let phone = Browser::open(Setup { size: Some((360, 740)), ..Setup::default() }).await;
        phone.logs_in(&app.url, "Rita").await;
        phone.goto(&format!("{}/cases", app.url)).await;
        phone.click("main summary").await;
        phone.is_accessible("cases on a phone").await;
    }

    async fn somebody_who_answers_before_the_clip_can_be_heard_is_left_to_a_human(app: TestApp) {
        let admin = app.admin().await;
        let prompts = vec!["Alexa"; 11];
        let judge = json!({ "answers_wanted": 2, "gold_rate": 0.0 });
        let scene = Scene::set_with(&admin, &prompts, json!({}), judge).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let ann = scene.speaker(&app, "Ann").await;
        for seed in 0..11 {
            scene.recorded(&ann, &sound::clean(seed)).await;
        }
        let (ben, chi) = (app.person("Ben").await, app.person("Chi").await);
        assert_eq!(clicks_through(&ben, &scene.judge).await, 11);
        // Chi takes time: the clock moves by as much as is said.
        loop {
            let reply = chi.next_task(&scene.judge).await;
            if reply.code() == "no_task" {
                break;
            }
            app.clock.advance_us(2_500_000);
            chi.answers(&reply.expect(200), "yes", None).await.expect(200);
        }
        app.clock.advance_us(60_000_000);
        watch(&app).await;
        watch(&app).await;
        let open = rita.get("/api/v1/cases").await.expect(200);
        assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
        let case = &open[0];
        assert_eq!((&case["person"], &case["kind"], &case["state"]), (&json!(ben.id), &json!("too_fast"), &json!("open")));
        assert_eq!(case["evidence"]["figures"]["too_fast"], 11.0, "{case}");
        assert!(!case.to_string().contains("gold"), "{case}");
        ben.get("/api/v1/cases").await.refused(403, "forbidden");
        let statement = ben.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(statement["balances"][0]["pending_cents"].as_i64().unwrap() + statement["balances"][0]["payable_cents"].as_i64().unwrap(), 33);

        let path = format!("/api/v1/cases/{}", id(case));
        rita.post(&path, json!({ "action": "dismiss", "note": " " })).await.refused(422, "note_required");
        let ruling = json!({ "action": "dismiss", "note": "Ben knows these recordings by heart." });
        rita.post(&path, ruling.clone()).await.expect(204);
        rita.post(&path, ruling).await.expect(204);
        rita.post(&path, json!({ "action": "warn", "note": "Listen first." })).await.refused(409, "already_decided");
        watch(&app).await;
        assert_eq!(rita.get("/api/v1/cases").await.expect(200), json!([]), "nothing new has been done");
        let noted = app.rows("select action, actor from audit_entries where action like 'case.%' order by seq").await;
        assert_eq!(noted, [("case.raise".to_owned(), "site".to_owned()), ("case.decide".to_owned(), rita.id.clone())]);
    }

    async fn a_reviewer_pauses_somebody_who_reads_why_and_how_to_come_back(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let ben = app.person("Ben").await;
        let site = app.site();
        let mut tx = site.db.begin().await.unwrap();
        for (kind, batch) in [(Kind::TooFast, Some(scene.judge.clone())), (Kind::SeveralAccounts, None)] {
            let evidence = Evidence { batch, ..Evidence::default() };
            cases::raise(&mut tx, ben.id.parse().unwrap(), kind, &evidence, site.now_us()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let open = rita.get("/api/v1/cases").await.expect(200);
        let path = |n: usize| format!("/api/v1/cases/{}", id(&open[n]));
        let page = rita.get("/cases").await.text();
        assert_eq!(page.matches("value=\"pause\"").count(), 1, "only where there is work to pause");
        let (short, note) = ("Too fast.", "You answer before a recording can be heard.");
        rita.post(&path(0), json!({ "action": "pause", "note": short })).await.refused(422, "reason_required");
        rita.post(&path(1), json!({ "action": "pause", "note": note })).await.refused(409, "no_batch");
        for _ in 0..2 {
            rita.post(&path(0), json!({ "action": "pause", "note": note })).await.expect(204);
        }
        let refused = ben.next_task(&scene.judge).await.refused(403, "paused");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains(note) && detail.contains("appeal: /trust"), "{detail}");
        let page = ben.get("/trust").await.text();
        assert!(page.contains(note) && page.contains("How to come back") && page.contains("Send the appeal"), "{page}");
        let pause = ben.get("/api/v1/trust").await.expect(200)["pauses"][0]["id"].as_str().unwrap().to_owned();
        let appeal = json!({ "text": "I know these recordings by heart, honestly." });
        ben.post(&format!("/api/v1/trust/pauses/{pause}/appeal"), appeal).await.expect(204);
        let won = json!({ "won": true, "note": "That explains it. Thank you for writing." });
        rita.post(&format!("/api/v1/trust/pauses/{pause}/decision"), won.clone()).await.refused(403, "own_decision");
        admin.post(&format!("/api/v1/trust/pauses/{pause}/decision"), won).await.expect(204);
        assert_eq!(ben.next_task(&scene.judge).await.code(), "no_task");
    }

    async fn one_recording_from_two_accounts_is_a_case_and_nobody_decides_their_own(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let first = scene.recorded(&ann, &sound::clean(1)).await;
        let second = scene.recorded(&ben, &sound::clean(1)).await;
        let open = until(async || {
            let open = admin.get("/api/v1/cases").await.expect(200);
            (open != json!([])).then_some(open)
        })
        .await;
        let case = &open[0];
        assert_eq!((&case["kind"], &case["person"]), (&json!("several_accounts"), &json!(ben.id)));
        assert_eq!(case["evidence"]["people"], json!([ann.id]));
        assert_eq!(case["evidence"]["examples"], json!([second["id"], first["id"]]));
        admin.put(&format!("/api/v1/people/{}/role", ben.id), json!({ "role": "reviewer" })).await.expect(204);
        let ben = ben.signed_in().await;
        assert_eq!(ben.get("/api/v1/cases").await.expect(200), json!([]));
        let path = format!("/api/v1/cases/{}", id(case));
        ben.post(&path, json!({ "action": "dismiss", "note": "It is fine." })).await.refused(403, "own_case");
        admin.post(&path, json!({ "action": "warn", "note": "One account each, please." })).await.expect(204);
    }

    async fn somebody_who_takes_tasks_and_does_nothing_is_a_case(app: TestApp) {
        let admin = app.admin().await;
        let prompts = vec!["Alexa"; 14];
        let scene = Scene::set(&admin, &prompts).await;
        let mut ann = scene.speaker(&app, "Ann").await;
        for n in 0..12 {
            ann = ann.signed_in().await;
            let task = ann.next_task(&scene.record).await.expect(200);
            if n % 2 == 0 {
                ann.post(&format!("/api/v1/tasks/{}/skip", id(&task)), json!({})).await.expect(204);
            } else {
                app.clock.advance_us(601_000_000);
                sayso::tasks::jobs::expire(app.site()).await.unwrap();
            }
        }
        watch(&app).await;
        let open: Value = admin.signed_in_again().await.get("/api/v1/cases").await.expect(200);
        assert_eq!((&open[0]["kind"], &open[0]["person"]), (&json!("hoarding"), &json!(ann.id)), "{open}");
        assert_eq!(open[0]["evidence"]["figures"]["skipped"], 6.0, "{open}");
    }
}
