//! What the page and the API tell about the quality of a batch, and what they keep to themselves.

use crate::helpers::{Scene, forms::Visitor, sound, until};
use crate::on_both_pairs;
use serde_json::{Value, json};

on_both_pairs! {
    async fn quality_is_told_by_groups_that_are_large_enough_and_names_nobody(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "answers_wanted": 13, "answers_max": 13, "gold_rate": 0.0 });
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa", "Alexa", "Alexa", "Alexa"], json!({}), judge).await;
        let ann = scene.speaker(&app, "Ann").await;
        ann.put("/api/v1/me/profile", json!({ "accent": "Scots" })).await.expect(200);
        for seed in 1..=5 {
            scene.recorded(&ann, &sound::clean(seed)).await;
        }
        let mut people = vec![ann];
        for number in 0..13 {
            let person = app.person(&format!("Judge{number}")).await;
            let age = if number < 5 { "twenties" } else { "thirties" };
            person.put("/api/v1/me/profile", json!({ "age": age })).await.expect(200);
            for _ in 0..5 {
                let task = person.next_task(&scene.judge).await.expect(200);
                let (label, reason) = if number < 5 { ("no", Some("noise")) } else { ("yes", None) };
                person.answers(&task, label, reason).await.expect(200);
            }
            people.push(person);
        }
        // Not all of them settle: who always contradicts everybody counts for nothing after a while.
        until(async || app.rows("select item_id, label from verdicts where state = 'settled'").await.first().map(|_| ())).await;
        let path = format!("/batches/{}/quality", scene.judge);
        let quality = admin.get(&format!("/api/v1{path}")).await.expect(200);
        let shown = |groups: &Value| -> Vec<(String, Value, Value)> {
            let of = |group: &Value| (group["name"].as_str().unwrap().to_owned(), group["people"].clone(), group["alpha"].clone());
            groups.as_array().unwrap().iter().map(of).collect()
        };
        let groups = shown(&quality["annotators"]);
        assert_eq!((&groups[0].1, &groups[1].1), (&json!(8), &json!(5)), "{quality}");
        assert_eq!((groups[0].0.as_str(), groups[1].0.as_str()), ("thirties", "twenties"));
        assert!(quality["speakers"].as_array().unwrap().iter().all(|group| group["people"].is_null() && group["disagreement"].is_null()), "one speaker is hidden: {quality}");
        assert_eq!((&quality["by_phrase"][0]["name"], &quality["by_phrase"][0]["answers"]), (&json!("Alexa"), &json!(65)));
        assert_eq!((&quality["by_reason"][0]["name"], &quality["by_reason"][0]["answers"]), (&json!("noise"), &json!(25)));
        let pairs = quality["pairs"].as_array().unwrap();
        assert_eq!((pairs.len(), &pairs[0]["items"], &pairs[0]["agreed"]), (10, &json!(5), &json!(0)));
        let page = Visitor::signed_in(&app, &admin).await.get(&path).await.text();
        for hidden in people.iter().flat_map(|person| [&person.id, &person.email]) {
            assert!(!quality.to_string().contains(hidden.as_str()) && !page.contains(hidden.as_str()));
        }
        for part in ["Age: thirties", "Accent: Scots", "Reason: noise", pairs[0]["one"].as_str().unwrap()] {
            assert!(page.contains(part), "{part}");
        }
        people[1].get(&format!("/api/v1{path}")).await.refused(403, "forbidden");
        admin.get(&format!("/api/v1/batches/{}/quality", scene.record)).await.refused(404, "not_found");
    }
}
