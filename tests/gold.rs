//! Where gold comes from: a glance at what everybody agrees on, and errors planted where it runs low;
//! and how it is given: in place of work, and any of it as often as another.

use crate::helpers::{Person, Scene, TestApp, sound, until};
use crate::on_both_pairs;
use sayso::{platform::ids::PersonId, tasks};
use serde_json::json;
use wire::NextTask;

/// Twelve recordings of one speaker, the first six of them gold of a batch of which half may be gold.
async fn half_gold(app: &TestApp, admin: &Person) -> Scene {
    let judge = json!({ "answers_wanted": 100, "answers_max": 100, "gold_rate": 0.5 });
    let scene = Scene::set_with(admin, &["Alexa"; 12], json!({}), judge).await;
    let speaker = scene.speaker(app, "Sue").await;
    let mut gold = String::from("recording,phrase,label,reason\n");
    for n in 0..12 {
        let view = scene.recorded(&speaker, &sound::said("Alexa", n)).await;
        if n < 6 {
            gold += &format!("{},,yes,\n", view["id"].as_str().unwrap());
        }
    }
    admin.post_file(&format!("/api/v1/batches/{}/gold", scene.judge), "text/csv", gold).await.expect(201);
    scene
}

/// Recordings that five people have judged the same, each of them measured to be right.
pub async fn agreed(app: &TestApp, admin: &Person) -> Scene {
    let prompts: Vec<&str> = (0..8).map(|n| if n % 2 == 0 { "Alexa" } else { "Computer" }).collect();
    let judge = json!({ "answers_wanted": 4, "answers_max": 5, "gold_rate": 0.0 });
    let scene = Scene::set_with(admin, &prompts, json!({}), judge).await;
    let speaker = scene.speaker(app, "Sue").await;
    for n in 0..8 {
        scene.recorded(&speaker, &sound::said(prompts[n % 2], n as u64)).await;
    }
    for name in ["Ann", "Ben", "Chi", "Dan"] {
        let person = app.person(name).await;
        for _ in 0..8 {
            let task =
                until(async || Some(person.next_task(&scene.judge).await).filter(|reply| reply.status == 200)).await;
            person.answers(&task.expect(200), "yes", None).await.expect(200);
        }
    }
    until(async || {
        let settled =
            app.rows("select item_id, label from verdicts where state = 'settled' and probability >= 0.98").await;
        (settled.len() == 8).then_some(())
    })
    .await;
    scene
}

on_both_pairs! {
    async fn one_key_makes_a_settled_recording_gold_and_each_is_offered_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = agreed(&app, &admin).await;
        let path = format!("/api/v1/batches/{}/gold/candidates", scene.judge);
        let offered = admin.get(&path).await.expect(200);
        assert_eq!(offered.as_array().unwrap().len(), 8, "{offered}");
        assert_eq!((&offered[0]["label"], &offered[0]["answers"]), (&json!("yes"), &json!(4)));
        let one = |at: usize| format!("{path}/{}", offered[at]["item"].as_str().unwrap());
        app.person("Eve").await.post(&one(0), json!({ "promote": true })).await.refused(403, "forbidden");
        admin.post(&one(0), json!({ "promote": true })).await.expect(204);
        admin.post(&one(0), json!({ "promote": true })).await.expect(204);
        admin.post(&one(0), json!({ "promote": false })).await.refused(409, "glanced");
        admin.post(&one(1), json!({ "promote": false })).await.expect(204);
        assert_eq!(admin.get(&path).await.expect(200).as_array().unwrap().len(), 6);
        let stock = admin.get("/api/v1/gold").await.expect(200);
        assert_eq!((&stock[0]["promoted"], &stock[0]["live_yes"], &stock[0]["low"]), (&json!(1), &json!(1), &json!(false)));
        let sums = app.rows("select person_id, cast(agree_right as text) from standings where craft = 'judge'").await;
        assert!(sums.len() == 4 && sums.iter().all(|(_, right)| right.parse::<i64>().unwrap() > 1_000_000), "{sums:?}");
        let speaker = app.rows("select craft, cast(answered as text) from standings where craft = 'record'").await;
        assert_eq!(speaker, [("record".to_owned(), "8".to_owned())]);
    }

    async fn errors_are_planted_where_gold_runs_low_but_not_from_people_who_withdrew(app: TestApp) {
        let admin = app.admin().await;
        let scene = agreed(&app, &admin).await;
        app.try_sql("update batches set gold_ppm = 100000 where kind = 'judge'").await.unwrap();
        let policy = format!("/api/v1/batches/{}/gold/policy", scene.judge);
        admin.put(&policy, json!({ "viewers_max": 0, "stock_min": 6 })).await.refused(422, "invalid_gold_policy");
        admin.put(&policy, json!({ "viewers_max": 2, "stock_min": 6 })).await.expect(204);
        sayso::gold::jobs::refill(app.site().clone()).await.unwrap();
        let planted = app.rows("select i.phrase, c.phrase from items i join clips c on c.id = i.clip_id where i.gold_label = 'no'").await;
        assert_eq!(planted.len(), 3, "half of what is wanted: {planted:?}");
        assert!(planted.iter().all(|(asked, said)| asked != said), "{planted:?}");
        let targets = app.rows("select cast(target as text), cast(sensitivity as text) from queue where lane = 1").await;
        assert!(targets.iter().all(|(target, _)| target == "2"), "{targets:?}");
        let stock = admin.get("/api/v1/gold").await.expect(200);
        assert_eq!((&stock[0]["planted"], &stock[0]["low"]), (&json!(3), &json!(true)), "there is no gold whose answer is yes");
        app.try_sql("update queue set open = 0 where lane = 1").await.unwrap();
        let sue = Person::named(&app.url, &app.http, "Sue").signed_in().await;
        sue.delete(&format!("/api/v1/projects/{}/consent", scene.project)).await.expect(204);
        sayso::gold::jobs::refill(app.site().clone()).await.unwrap();
        let stock = admin.get("/api/v1/gold").await.expect(200);
        assert_eq!((&stock[0]["planted"], &stock[0]["retired"], &stock[0]["live_no"]), (&json!(3), &json!(3), &json!(0)));
    }

    async fn gold_comes_in_place_of_work_and_never_when_none_is_left(app: TestApp) {
        let admin = app.admin().await;
        let scene = half_gold(&app, &admin).await;
        let accepted = app.rows("select id, cast(accepted as text) from clips where accepted = 1").await;
        assert_eq!(accepted.len(), 6, "what is known is not asked, and its speaker is paid");
        let ann = app.person("Ann").await;
        let mut tasks = Vec::new();
        loop {
            let reply = ann.next_task(&scene.judge).await;
            if reply.code() == "no_task" {
                break;
            }
            let task = reply.expect(200);
            ann.answers(&task, "yes", None).await.expect(200);
            tasks.push(task["id"].as_str().unwrap().to_owned());
        }
        let lanes = app
            .rows("select t.id, cast(q.lane as text) from tasks t join queue q on q.item_id = t.item_id where q.clip_id is not null")
            .await;
        let lanes: Vec<&str> =
            tasks.iter().map(|task| &*lanes.iter().find(|(id, _)| id == task).unwrap().1).collect();
        assert_eq!(lanes.iter().filter(|lane| **lane == "0").count(), 6, "{lanes:?}");
        assert_eq!(lanes.last(), Some(&"0"), "whoever has done all work is given no gold: {lanes:?}");
    }

    async fn any_gold_is_met_as_often_as_another_wherever_it_lies(app: TestApp) {
        let admin = app.admin().await;
        let scene = half_gold(&app, &admin).await;
        app.try_sql("update queue set target = 1000 where lane = 1").await.unwrap();
        // All of it in one corner of the ranks: a pick by the place alone would always find the first.
        app.try_sql("update queue set rank = (select 7919 * count(*) * count(*) + 101 from queue o where o.lane = 1 and o.item_id <= queue.item_id) where lane = 1")
            .await
            .unwrap();
        let wish = NextTask { batch: Some(scene.judge.clone()), ..NextTask::default() };
        for _ in 0..300 {
            tasks::next(app.site(), PersonId::new(), &wish).await.unwrap();
        }
        let met = app
            .rows("select q.item_id, cast(q.leases as text) from queue q where q.lane = 1 order by q.rank")
            .await;
        let met: Vec<u32> = met.iter().map(|(_, leases)| leases.parse().unwrap()).collect();
        println!("gold met by 300 people, by its place: {met:?}");
        assert_eq!(met.len(), 6);
        assert!(met.iter().all(|people| (8..=45).contains(people)), "{met:?}");
    }
}
