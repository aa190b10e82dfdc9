//! The batch fit at release, replaying every verdict, and the form that settles how recordings are settled.

use std::collections::HashMap;

use crate::exports::released;
use crate::helpers::{Person, Scene, TestApp, chance::Chance, forms::Visitor, sound, until};
use crate::on_both_pairs;
use sayso::batches::ItemId;
use sayso::operations::verify::{Subject, verify};
use sayso::verdicts::{self, Fit, TOLERANCE};
use serde_json::json;

const CLIPS: u64 = 16;

/// What `sayso verify verdicts` finds wrong.
async fn faults(app: &TestApp) -> Vec<String> {
    let site = app.site();
    let mut tx = site.db.read().await.unwrap();
    verify(&mut tx, &site.blobs, Subject::Verdicts).await.unwrap().faults
}

async fn fit(app: &TestApp, scene: &Scene) -> Fit {
    let mut tx = app.site().db.read().await.unwrap();
    verdicts::fit(&mut tx, scene.project.parse().unwrap()).await.unwrap()
}

/// Lets everybody judge until each clip has a verdict; `says` gives somebody's answer to an item.
async fn judged(
    app: &TestApp,
    scene: &Scene,
    people: &[Person],
    verdicts: usize,
    mut says: impl FnMut(usize, &str) -> bool,
) {
    until(async || {
        for (number, person) in people.iter().enumerate() {
            let task = person.next_task(&scene.judge).await;
            if task.status != 200 {
                continue;
            }
            let task = task.expect(200);
            let tasks: HashMap<String, String> = app.rows("select id, item_id from tasks").await.into_iter().collect();
            if says(number, &tasks[task["id"].as_str().unwrap()]) {
                person.answers(&task, "yes", None).await.expect(200);
            } else {
                person.answers(&task, "no", Some("noise")).await.expect(200);
            }
        }
        (app.rows("select item_id, label from verdicts").await.len() >= verdicts).then_some(())
    })
    .await;
}

on_both_pairs! {
    async fn live_verdicts_of_a_crowd_are_near_the_fit_that_is_released(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "answers_wanted": 3, "answers_max": 5, "threshold": 0.9, "gold_rate": 0.0 });
        let prompts = vec!["Alexa"; usize::try_from(CLIPS).unwrap()];
        let scene = Scene::set_with(&admin, &prompts, json!({}), judge).await;
        let ann = scene.speaker(&app, "Ann").await;
        for seed in 0..CLIPS {
            scene.recorded(&ann, &sound::clean(seed)).await;
        }
        let items = app.rows("select id, clip_id from items where clip_id is not null order by id").await;
        let truth: HashMap<String, bool> =
            items.iter().enumerate().map(|(at, (item, _))| (item.clone(), at % 4 != 0)).collect();
        let mut people = Vec::new();
        for name in ["Ben", "Chi", "Dan", "Eve", "Fay", "Gil"] {
            people.push(app.person(name).await);
        }
        let mut chance = Chance(7);
        judged(&app, &scene, &people, truth.len(), |_, item| (chance.below(100) < 92) == truth[item]).await;
        let fit = fit(&app, &scene).await;
        let live = app.rows("select item_id, cast(case label when 'yes' then probability else 1 - probability end as text) from verdicts where state = 'settled'").await;
        let (mut difference, mut same) = (0.0, 0);
        for (item, yes) in &live {
            let fitted = fit.verdict(item.parse::<ItemId>().unwrap()).expect("it was judged");
            let yes: f64 = yes.parse().unwrap();
            let fitted = if fitted.label == "yes" { fitted.probability } else { 1.0 - fitted.probability };
            difference += (fitted - yes).abs() / f64::from(u32::try_from(live.len()).unwrap());
            same += usize::from((fitted >= 0.5) == (yes >= 0.5));
        }
        assert!(live.len() >= 12 && difference <= TOLERANCE, "{difference} over {}", live.len());
        assert_eq!(same, live.len(), "no label changes");
        let release = released(&admin, &scene.project, "1.0.0").await;
        assert_eq!((&release["state"], &release["card"]["method"]), (&json!("ready"), &json!(verdicts::FIT)), "{release}");
        assert_eq!(faults(&app).await, Vec::<String>::new());
    }

    async fn when_the_fit_is_certain_of_no_clip_the_release_says_so(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        for seed in 1..=2 {
            scene.recorded(&ann, &sound::clean(seed)).await;
        }
        judged(&app, &scene, &[app.person("Ben").await, app.person("Chi").await], 2, |_, _| true).await;
        let first = released(&admin, &scene.project, "1.0.0").await;
        assert_eq!(first["card"]["counts"]["clips"], 2, "{first}");
        assert!(!first["card"]["known_limits"].to_string().contains("left out"), "{first}");
        app.try_sql("update batches set threshold = 0.9999").await.unwrap();
        let second = released(&admin, &scene.project, "2.0.0").await;
        assert_eq!(second["state"], "failed", "{second}");
        assert!(second["error"].as_str().unwrap().contains("2 recordings that listeners had accepted are left out"), "{second}");
    }

    async fn a_tampered_verdict_is_named(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        for seed in 1..=2 {
            scene.recorded(&ann, &sound::clean(seed)).await;
        }
        judged(&app, &scene, &[app.person("Ben").await, app.person("Chi").await], 2, |_, _| true).await;
        assert_eq!(faults(&app).await, Vec::<String>::new());
        let item = app.rows("select max(item_id), min(label) from verdicts").await[0].0.clone();
        for sql in [
            "update verdicts set probability = probability - 1e-12 where item_id = (select max(item_id) from verdicts)",
            "update verdicts set label = 'no' where item_id = (select max(item_id) from verdicts)",
            "delete from verdicts where item_id = (select max(item_id) from verdicts)",
        ] {
            app.try_sql(sql).await.unwrap();
            let faults = faults(&app).await;
            assert!(faults.len() == 1 && faults[0].contains(&item), "{sql}: {faults:?}");
        }
    }

    async fn the_form_changes_how_a_batch_settles_and_keeps_what_was_typed_wrongly(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let visitor = Visitor::signed_in(&app, &admin).await;
        let path = format!("/batches/{}/consensus", scene.judge);
        let form = [("audit_percent", "2,5"), ("recheck_percent", "0"), ("recheck_after_days", "0.5"), ("budget_cents", "1200")];
        assert_eq!(visitor.submits(&path, &form).await.status, 303);
        let settings = admin.get(&format!("/api/v1{path}")).await.expect(200);
        assert_eq!(settings, json!({ "audit_ppm": 25_000, "recheck_ppm": 0, "recheck_after_s": 43_200, "budget_cents": 1200 }));
        let page = visitor.get(&path).await.text();
        assert!(["value=\"2.5\"", "value=\"0.5\"", "value=\"1200\""].iter().all(|shown| page.contains(shown)), "{page}");
        let wrong = visitor.submits(&path, &[("audit_percent", "101"), ("recheck_percent", "7"), ("recheck_after_days", "1"), ("budget_cents", "0")]).await;
        assert_eq!(wrong.status, 422);
        let page = wrong.text();
        assert!(page.contains("value=\"101\"") && page.contains("value=\"7\"") && page.contains("aria-invalid"), "{page}");
        assert_eq!(admin.get(&format!("/api/v1{path}")).await.expect(200), settings);
        let contributor = Visitor::signed_in(&app, &app.person("Cleo").await).await;
        assert_eq!(contributor.submits(&path, &form).await.status, 403);
    }
}
