//! Who is asked about what others are not sure of: trusted people and experts first, and nothing waits for long.

use crate::helpers::{Person, Scene, TestApp, sound, until};
use crate::on_both_pairs;
use sayso::verdicts::seniors::widen;
use serde_json::{Value, json};

/// A recording about which Ann says yes and Ben no, where Eve has answered so much gold rightly.
async fn disputed(app: &TestApp, judge: Value, gold: i64) -> Scene {
    let admin = app.admin().await;
    let scene = Scene::set_with(&admin, &["Alexa"], json!({}), judge).await;
    let speaker = scene.speaker(app, "Sue").await;
    scene.recorded(&speaker, &sound::said("Alexa", 1)).await;
    let eve = app.person("Eve").await;
    let mut tx = app.site().db.begin().await.unwrap();
    tx.exec(
        "insert into standings (person_id, craft, language, window_us, yes_right, yes_wrong, no_right, no_wrong, unsure,
           answered, agree_right, agree_wrong, doubt, doubt_yes, doubt_no, pauses, paused_id, paused_until_us)
         values ($1, 'judge', 'en', 0, $2, 0, $2, 0, 0, $2, 0, 0, 0, 0, 0, 0, null, 0)",
        (eve.id.as_str(), gold),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    for (name, label, reason) in [("Ann", "yes", None), ("Ben", "no", Some("noise"))] {
        let person = app.person(name).await;
        let task = person.next_task(&scene.judge).await.expect(200);
        person.answers(&task, label, reason).await.expect(200);
    }
    until(async || {
        let waiting = app.rows("select item_id, cast(level_min as text) from queue where clip_id is not null and open = 1 and level_min > 0").await;
        (!waiting.is_empty()).then_some(())
    })
    .await;
    scene
}

async fn eve(app: &TestApp) -> Person {
    Person::named(&app.url, &app.http, "Eve").signed_in().await
}

on_both_pairs! {
    async fn a_contested_item_goes_to_an_expert_once_and_to_the_reviewer_all_the_time(app: TestApp) {
        let scene = disputed(&app, json!({ "answers_wanted": 2, "answers_max": 2 }), 60).await;
        let contested = "select item_id, state from verdicts where state = 'contested'";
        assert_eq!(app.rows(contested).await.len(), 1);
        let chi = app.person("Chi").await;
        chi.next_task(&scene.judge).await.refused(403, "qualification_required");
        let eve = eve(&app).await;
        let task = eve.next_task(&scene.judge).await.expect(200);
        eve.answers(&task, "yes", None).await.expect(200);
        until(async || {
            let looked = app.rows("select item_id, cast(answers as text) from verdicts where answers = 3").await;
            (!looked.is_empty()).then_some(())
        })
        .await;
        assert_eq!(chi.next_task(&scene.judge).await.refused(404, "no_task")["reason"], "finished");
    }

    async fn an_expert_who_does_not_come_leaves_it_to_the_reviewer(app: TestApp) {
        let scene = disputed(&app, json!({ "answers_wanted": 2, "answers_max": 2 }), 60).await;
        app.clock.advance_us(601_000_000);
        widen(app.site().clone()).await.unwrap();
        let chi = app.person("Chi").await;
        assert_eq!(chi.next_task(&scene.judge).await.refused(404, "no_task")["reason"], "finished");
        eve(&app).await.next_task(&scene.judge).await.refused(404, "no_task");
    }

    async fn newcomers_who_disagree_are_reviewed_by_somebody_trusted_and_else_by_anybody(app: TestApp) {
        let scene = disputed(&app, json!({ "answers_wanted": 2, "answers_max": 3 }), 18).await;
        let chi = app.person("Chi").await;
        chi.next_task(&scene.judge).await.refused(403, "qualification_required");
        app.clock.advance_us(601_000_000);
        widen(app.site().clone()).await.unwrap();
        let chi = chi.signed_in_again().await;
        chi.next_task(&scene.judge).await.expect(200);
        eve(&app).await.next_task(&scene.judge).await.refused(404, "no_task");
    }
}
