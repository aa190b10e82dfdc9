//! The page of fairness tells what a recount from the stored rows gives.

use crate::exposure::{agree, path};
use crate::helpers::{Person, Scene, sound, until};
use crate::on_both_pairs;
use sayso::wages::jobs;
use serde_json::json;

const SECOND_US: i64 = 1_000_000;

/// The numbers in a column of a query, ascending.
fn numbers(rows: &[(String, String)]) -> Vec<i64> {
    let mut numbers: Vec<i64> = rows.iter().map(|(number, _)| number.parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

/// Minor units as the page writes them.
fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

on_both_pairs! {
    async fn the_page_of_fairness_tells_what_a_recount_gives(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "pay_cents": 5, "answers_wanted": 8, "gold_rate": 0.0, "accept_after_s": 604_800,
            "sensitivity": 2, "categories": ["screams"] });
        let scene = Scene::set_with(&admin, &["Alexa", "Computer"], json!({}), judge).await;
        let [rita, rolf] = [app.person_with_role(&admin, "Rita", "reviewer").await, app.person_with_role(&admin, "Rolf", "reviewer").await];
        let speaker = scene.speaker(&app, "Sam").await;
        for n in 0..2 {
            scene.recorded(&speaker, &sound::clean(n)).await;
        }
        let mut people: Vec<(Person, String)> = Vec::new();
        let mut wait_s = 20;
        for name in ["Ann", "Ben", "Chi", "Dan", "Eve", "Fay"] {
            let person = app.person(name).await;
            agree(&person, &["screams"]).await;
            let mut last = String::new();
            for _ in 0..2 {
                let task = person.next_task(&scene.judge).await.expect(200);
                wait_s += 2;
                app.clock.advance_us(wait_s * SECOND_US);
                let answer = json!({ "label": "yes", "duration_ms": 90_000 });
                person.post(&path(&task, "answer"), answer).await.expect(200);
                last = task["id"].as_str().unwrap().to_owned();
            }
            people.push((person, last));
        }
        let why = json!({ "code": "careless", "text": "The phrase was cut off, and you said yes to it." });
        for (person, task) in &people[..2] {
            rita.post(&format!("/api/v1/tasks/{task}/refusal"), why.clone()).await.expect(204);
            let appeal = json!({ "text": "I listened twice, and the phrase is whole." });
            person.post(&format!("/api/v1/refusals/{task}/appeal"), appeal).await.expect(204);
        }
        let won = json!({ "won": true, "text": "You are right: it is whole. Thank you for saying so." });
        rolf.post(&format!("/api/v1/appeals/{}", people[0].1), won).await.expect(204);
        jobs::watch(app.site().clone()).await.unwrap();
        until(async || (!app.rows("select cause, cause from ledger_entries where cause like 'top_up:%'").await.is_empty()).then_some(())).await;

        let times = numbers(&app.rows("select cast(t.active_ms as text), '' from wage_times t where t.pay_cents = 5").await);
        assert_eq!(times.len(), 12);
        let hourly = |ms: i64| 5 * 3_600_000 / ms;
        // Of twelve times the median lies between the ranks 6 ± 0.98 √12 (Conover, §3.2).
        let (middle, low, high) = (hourly((times[5] + times[6]) / 2), hourly(times[10]), hourly(times[2]));
        let lifted: i64 = numbers(&app.rows("select cast(amount_cents as text), cause from ledger_entries where cause like 'top_up:%' and amount_cents > 0").await).iter().sum();
        let due = ((times[5] + times[6]) / 2 * 1_200 + 3_599_999) / 3_600_000;
        assert_eq!(lifted, 12 * (due - 5), "everybody is lifted for each task");
        let text = admin.get("/fairness").await.text();
        let words = text.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words.split_whitespace().collect::<Vec<_>>().join(" "));
        let words = words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("|");
        for told in [
            format!("Per hour: too little|{} USD|95 % interval: {} to {}|", amount(middle), amount(low), amount(high)),
            format!("Top-ups so far|{} USD|", amount(lifted)),
            "Refused|2|Appeals (won)|2 (1)|".to_owned(),
            "People in 7 days|6|".to_owned(),
            "Breaches of a limit|0|".to_owned(),
        ] {
            assert!(words.contains(&told), "{told} is not in {words}");
        }
        let open_s: i64 = (22..=44).step_by(2).sum();
        assert!(words.contains(&format!("Distressing in 24 hours|{} min|", open_s / 60)), "{open_s} s in {words}");
    }
}
