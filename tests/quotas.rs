//! Coverage: who gets which phrase, places kept for who is missing, and figures that tell of nobody.

use crate::{
    helpers::{Person, Scene, TestApp, chance::Chance, crowd::Member, forms::Visitor, sound, until},
    on_both_pairs,
};
use serde_json::{Value, json};

const MAN: Option<&str> = Some("male_masculine");
const WOMAN: Option<&str> = Some("female_feminine");

/// Sets cells by phrase, gender and target.
async fn wants(admin: &Person, scene: &Scene, cells: &[(&str, &str, i64)]) {
    let cells = cells.iter().map(|(phrase, gender, target)| {
        json!({ "phrase": phrase, "dimension": "gender", "value": gender, "target": target })
    });
    let cells: Vec<Value> = cells.collect();
    admin.put(&path(scene), json!({ "cells": cells })).await.expect(204);
}

fn path(scene: &Scene) -> String {
    format!("/api/v1/batches/{}/quotas", scene.record)
}

/// A recording batch of so many places for one phrase.
async fn places(admin: &Person, count: usize) -> Scene {
    Scene::set(admin, &vec!["Alexa"; count]).await
}

fn full() -> Option<String> {
    Some("quota_full".to_owned())
}

fn done() -> Option<String> {
    Some("no_task".to_owned())
}

/// Places of the batch that are taken, by the gender that they count for.
async fn held(app: &TestApp) -> Vec<(String, String)> {
    app.rows("select gender, cast(count(*) as text) from quota_slots group by gender order by gender").await
}

on_both_pairs! {
    async fn a_phrase_that_lacks_recordings_by_somebody_s_group_is_given_to_them_first(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa", "Alexa", "Computer", "Computer", "Computer"]).await;
        wants(&admin, &scene, &[("Alexa", WOMAN.unwrap(), 1), ("Computer", WOMAN.unwrap(), 2)]).await;
        let (ann, ben) = (Member::joins(&app, &scene, WOMAN).await, Member::joins(&app, &scene, MAN).await);
        let mut phrases = Vec::new();
        for _ in 0..4 {
            let task = ann.asks().await.unwrap();
            ann.submits(&task).await;
            phrases.push(task.phrase);
        }
        // Both lack all of hers, then Computer half, then the oldest prompt comes.
        assert_eq!(phrases, ["Alexa", "Computer", "Computer", "Alexa"]);
        assert_eq!(ben.works(9).await, (2, done()));
    }

    async fn places_that_a_group_still_needs_are_given_to_nobody_else(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 6).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 4)]).await;
        let ann = Member::joins(&app, &scene, WOMAN).await;
        let ben = Member::joins(&app, &scene, MAN).await;
        assert_eq!(ben.works(9).await, (2, full()));
        let chi = scene.speaker(&app, "Chi").await;
        let refusal = chi.next_task(&scene.record).await.refused(403, "quota_full");
        let detail = refusal["detail"].as_str().unwrap();
        assert!(detail.contains("/profile") && detail.contains("judge"), "{detail}");
        assert!(!detail.contains(char::is_numeric), "it tells how others stand: {detail}");
        assert_eq!(ann.works(9).await, (4, done()));
        assert_eq!(ben.works(9).await, (0, done()));
    }

    async fn what_is_kept_of_one_phrase_leaves_the_others_to_everybody(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa", "Computer", "Computer"]).await;
        wants(&admin, &scene, &[("Alexa", WOMAN.unwrap(), 2)]).await;
        let ben = Member::joins(&app, &scene, MAN).await;
        for _ in 0..2 {
            let task = ben.asks().await.unwrap();
            assert_eq!(task.phrase, "Computer");
            ben.submits(&task).await;
        }
        assert_eq!(ben.works(1).await, (0, full()));
    }

    async fn a_place_given_back_counts_for_whom_it_was_taken(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 3).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 2)]).await;
        let (ann, eve) = (Member::joins(&app, &scene, WOMAN).await, Member::joins(&app, &scene, WOMAN).await);
        let ben = Member::joins(&app, &scene, MAN).await;
        let task = ann.asks().await.unwrap();
        ann.skips(&task).await;
        assert_eq!(ben.works(9).await, (1, full()), "what she gave back is kept for others like her");
        let lease = eve.asks().await.unwrap();
        app.clock.advance_us(601_000_000);
        assert_eq!(ben.works(9).await, (0, full()), "so is a lease that ran out");
        assert_ne!(ann.asks().await.unwrap().id, lease.id);
        assert_eq!(held(&app).await, [("female_feminine".to_owned(), "1".to_owned()), ("male_masculine".to_owned(), "1".to_owned())]);
    }

    async fn a_group_that_has_enough_frees_what_one_of_them_gives_back(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 3).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 1)]).await;
        let (ann, eve) = (Member::joins(&app, &scene, WOMAN).await, Member::joins(&app, &scene, WOMAN).await);
        let ben = Member::joins(&app, &scene, MAN).await;
        let (first, second) = (ann.asks().await.unwrap(), eve.asks().await.unwrap());
        ann.skips(&first).await;
        assert_eq!(ben.works(9).await, (2, done()), "one woman is what was wanted");
        eve.submits(&second).await;
    }

    async fn several_prompts_at_once_take_no_place_that_is_kept_and_one_left_behind_is_given_back(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 5).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 3)]).await;
        let ben = scene.speaker(&app, "Ben").await;
        let ask = async |batch: &str, held: &[Value]| ben.post("/api/v1/tasks/next", json!({ "batch": batch, "count": 3, "held": held })).await;
        let first = ask(&scene.record, &[]).await.expect(200)["tasks"][0]["id"].clone();
        let second = ask(&scene.record, std::slice::from_ref(&first)).await.expect(200)["tasks"][0]["id"].clone();
        ask(&scene.record, &[first, second]).await.refused(403, "quota_full");
        // With three leases elsewhere, the one that ends first makes room for another batch.
        let new = json!({ "name": "More", "kind": "record", "pay_cents": 1, "answers_wanted": 3 });
        let more = crate::helpers::id(&admin.post(&format!("/api/v1/projects/{}/batches", scene.project), new).await.expect(201));
        admin.post_file(&format!("/api/v1/batches/{more}/prompts"), "text/csv", "phrase\nAlexa\nComputer\n").await.expect(201);
        admin.post(&format!("/api/v1/batches/{more}/state"), json!({ "state": "open" })).await.expect(200);
        let one = ask(&more, &[]).await.expect(200)["tasks"][0]["id"].clone();
        ask(&more, &[one]).await.expect(200);
        let taken = app.rows("select b.name, cast(count(*) as text) from quota_slots s join batches b on b.id = s.batch_id group by b.name order by b.name").await;
        assert_eq!(taken, [("More".to_owned(), "2".to_owned()), ("Say".to_owned(), "1".to_owned())]);
        assert_eq!(Member::joins(&app, &scene, MAN).await.works(9).await, (1, full()));
    }

    async fn a_take_that_cannot_be_used_gives_its_place_back(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 2).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 1)]).await;
        let ann = scene.speaker(&app, "Ann").await;
        ann.put("/api/v1/me/profile", json!({ "gender": WOMAN })).await.expect(200);
        let ben = Member::joins(&app, &scene, MAN).await;
        assert_eq!(scene.recorded(&ann, &sound::silent()).await["state"], "refused");
        assert_eq!(ben.works(9).await, (1, full()));
        assert_eq!(scene.recorded(&ann, &sound::clean(1)).await["state"], "verified");
        let known = app.rows("select device, cast(clips as text) from quota_captures").await;
        assert_eq!(known, [("unknown".to_owned(), "1".to_owned())], "a usable take tells of its surroundings");
    }

    async fn fifty_people_at_once_take_no_place_that_is_kept(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 20).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 12), ("Alexa", "non-binary", 1)]).await;
        let mut crowd = Vec::new();
        for n in 0..50 {
            crowd.push(Member::joins(&app, &scene, if n < 8 { WOMAN } else { MAN }).await);
        }
        let asked: Vec<_> = crowd.iter().cloned().map(|member| tokio::spawn(async move { (member.gender, member.asks().await) })).collect();
        let mut given = (0, 0);
        for asked in asked {
            match asked.await.unwrap() {
                (WOMAN, Ok(_)) => given.0 += 1,
                (_, Ok(_)) => given.1 += 1,
                (gender, Err(code)) => assert!(gender == MAN && code == "quota_full", "{gender:?}: {code}"),
            }
        }
        // Of 20 places 12 are kept for women, one for somebody non-binary: seven are left to all.
        assert_eq!(given.0, 8, "every woman got a place");
        assert!(given.1 <= 7, "{} men got a place", given.1);
        let late = Member::joins(&app, &scene, WOMAN).await;
        let rest = late.works(9).await;
        assert_eq!((rest, given.1), ((4, full()), 7));
        let free = app.rows("select phrase, cast(free as text) from quota_axes order by phrase").await;
        assert_eq!(free, [(String::new(), "0".to_owned()), ("Alexa".to_owned(), "0".to_owned())]);
        assert_eq!(Member::joins(&app, &scene, Some("non-binary")).await.works(9).await, (1, done()));
    }

    /// What is counted as it happens must be what counting anew gives, whatever came in between.
    async fn counters_stay_exact_while_many_take_skip_and_record_at_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Computer", "Hello"].repeat(12), json!({ "answers_wanted": 2, "lease_s": 60 }), json!({})).await;
        let (man, woman) = (MAN.unwrap(), WOMAN.unwrap());
        let cells = [("", woman, 30), ("", man, 10), ("Alexa", woman, 6), ("Computer", woman, 4), ("Computer", man, 3), ("Computer", "non-binary", 2)];
        wants(&admin, &scene, &cells).await;
        let mut people = Vec::new();
        for n in 0..12 {
            let gender = [WOMAN, MAN, None, Some("non-binary")][n % 4];
            people.push(Member::joins(&app, &scene, gender).await);
        }
        let busy = people.into_iter().enumerate().map(|(n, member)| {
            let mut chance = Chance(n as u64);
            tokio::spawn(async move {
                for _ in 0..10 {
                    let Ok(task) = member.asks().await else { break };
                    match chance.below(4) {
                        0 => member.skips(&task).await,
                        1 => break,
                        _ => member.submits(&task).await,
                    }
                }
            })
        });
        futures_util::future::join_all(busy).await.into_iter().for_each(|ended| ended.unwrap());
        app.clock.advance_us(61_000_000);
        sayso::tasks::jobs::expire(app.site()).await.unwrap();
        let counted = async || {
            let mut rows = app.rows("select phrase || '|' || value, cast(kept as text) || '|' || cast(taken as text) from quota_cells order by 1").await;
            rows.extend(app.rows("select phrase, cast(free as text) from quota_axes order by phrase").await);
            rows
        };
        let before = counted().await;
        wants(&admin, &scene, &cells).await;
        assert_eq!(before, counted().await);
        let open = app.rows("select batch_id, cast(sum(target - answers - leases) as text) from queue where phrase is not null group by batch_id").await;
        let taken = held(&app).await.iter().map(|(_, count)| count.parse::<i64>().unwrap()).sum::<i64>();
        assert_eq!(open[0].1, (72 - taken).to_string());
        assert!(taken > 20, "too little happened: {taken}");
    }

    async fn targets_and_prompts_that_change_later_count_what_is_there(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 4).await;
        let (ann, ben) = (Member::joins(&app, &scene, WOMAN).await, Member::joins(&app, &scene, MAN).await);
        ann.works(1).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 3)]).await;
        assert_eq!(ben.works(9).await, (1, full()));
        admin.post_file(&format!("/api/v1/batches/{}/prompts", scene.record), "text/csv", "phrase\nAlexa\n").await.expect(201);
        assert_eq!(ben.works(9).await, (1, full()), "a prompt more is a place for everybody");
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 2)]).await;
        assert_eq!(ben.works(9).await, (1, full()));
        assert_eq!(ann.works(9).await, (1, done()));
    }

    async fn what_people_say_later_counts_for_what_they_have_recorded_and_can_be_erased(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 3).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 2)]).await;
        let (ann, ben) = (Member::joins(&app, &scene, None).await, Member::joins(&app, &scene, MAN).await);
        assert_eq!(ann.works(9).await, (1, full()));
        ann.says(WOMAN).await;
        let now = |gender: &'static str| {
            let app = &app;
            async move { until(async || (held(app).await.first()?.0 == gender).then_some(())).await }
        };
        now("female_feminine").await;
        assert_eq!(ben.works(9).await, (1, full()), "her recording is one of the two that are wanted");
        wants(&admin, &scene, &[]).await;
        assert_eq!(held(&app).await, [("unknown".to_owned(), "2".to_owned())], "nobody asks: nothing is kept of what they said");
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 2)]).await;
        now("female_feminine").await;
        ann.says(None).await;
        now("male_masculine").await;
        assert_eq!(held(&app).await, [("male_masculine".to_owned(), "1".to_owned()), ("unknown".to_owned(), "1".to_owned())]);
    }

    async fn figures_of_few_people_are_not_shown_nor_others_from_which_they_follow(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 40).await;
        wants(&admin, &scene, &[("", MAN.unwrap(), 20), ("", WOMAN.unwrap(), 10), ("", "non-binary", 5)]).await;
        for gender in [MAN, MAN, MAN, MAN, MAN, MAN, WOMAN, WOMAN, WOMAN, WOMAN, WOMAN, Some("non-binary"), None, None, None, None, None] {
            Member::joins(&app, &scene, gender).await.works(1).await;
        }
        let figures = async || {
            let view = admin.get(&path(&scene)).await.expect(200);
            let cells = view["cells"].as_array().unwrap().iter();
            let mut told: Vec<Value> = cells.map(|cell| json!([cell["value"], cell["recorded"], cell["missing"], cell["people"]])).collect();
            told.push(view["others"][0]["recorded"].clone());
            told
        };
        // One person alone: hidden, and with them the smallest group, from which and the total they would follow.
        let hidden = [json!(["female_feminine", null, null, 5]), json!(["male_masculine", 6, 14, 5]), json!(["non-binary", null, null, 0]), json!(5)];
        assert_eq!(figures().await, hidden);
        for _ in 0..4 {
            Member::joins(&app, &scene, Some("non-binary")).await.works(1).await;
        }
        let shown = [json!(["female_feminine", 5, 5, 5]), json!(["male_masculine", 6, 14, 5]), json!(["non-binary", 5, 0, 5]), json!(5)];
        assert_eq!(figures().await, shown);
    }

    async fn cells_that_cannot_be_are_named_by_their_line_and_change_nothing(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 2).await;
        wants(&admin, &scene, &[("", WOMAN.unwrap(), 1)]).await;
        let rows = "phrase,dimension,value,target\n,gender,f,5\n,colour,red,5\nHello,age,teens,5\n,age,teens,-1\n,noise,quiet,5\n,noise,quiet,6\n";
        let send = async |rows: &'static str| {
            let request = admin.request(reqwest::Method::PUT, &path(&scene)).header("content-type", "text/csv");
            crate::helpers::Reply::of(request.body(rows)).await
        };
        let lines = |problem: Value| -> Vec<(u64, String)> {
            let rows = problem["rows"].as_array().unwrap().iter();
            rows.map(|row| (row["line"].as_u64().unwrap(), row["field"].as_str().unwrap().to_owned())).collect()
        };
        let bad = lines(send(rows).await.refused(422, "import_rows"));
        assert_eq!(bad, [(2, "value".to_owned()), (3, "dimension".to_owned()), (5, "target".to_owned())]);
        let twice = lines(send("dimension,value,target\nnoise,quiet,5\nnoise,Quiet,6\n").await.refused(422, "import_rows"));
        assert_eq!(twice, [(3, String::new())]);
        let phrase = lines(send("phrase,dimension,value,target\nHello,age,teens,5\n").await.refused(422, "import_rows"));
        assert_eq!(phrase, [(2, "phrase".to_owned())]);
        admin.put(&path(&scene), json!({ "cells": [{ "dimension": "age", "value": "young", "target": 1 }] })).await.refused(422, "import_rows");
        admin.put(&path(&scene), json!({ "cells": 5 })).await.refused(422, "invalid_json");
        assert_eq!(admin.get(&path(&scene)).await.expect(200)["cells"].as_array().unwrap().len(), 1);
        let judging = format!("/api/v1/batches/{}/quotas", scene.judge);
        admin.put(&judging, json!({ "cells": [] })).await.refused(409, "batch_state");
        admin.get(&judging).await.refused(404, "not_found");
        let ann = app.person("Ann").await;
        ann.get(&path(&scene)).await.refused(403, "forbidden");
        ann.put(&path(&scene), json!({ "cells": [] })).await.refused(403, "forbidden");
        send("dimension,value,target\naccent,  Highland  SCOTS ,5\n").await.expect(204);
        let cells = admin.get(&path(&scene)).await.expect(200)["cells"].clone();
        assert_eq!((cells.as_array().unwrap().len(), &cells[0]["value"]), (1, &json!("highland scots")));
    }

    async fn the_page_sets_targets_and_invites_on_the_tasks_page_only_whom_they_are_about(app: TestApp) {
        let admin = app.admin().await;
        let scene = places(&admin, 2).await;
        let visitor = Visitor::signed_in(&app, &admin).await;
        let page = format!("/batches/{}/quotas", scene.record);
        let one = [("group", "gender:female_feminine"), ("accent", ""), ("phrase", "Alexa"), ("target", "2")];
        assert_eq!(visitor.submits(&page, &one).await.status, 303);
        let wrong = visitor.submits(&page, &[("rows", "dimension,value,target\r\nage,young,3\r\n")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("Line 2") && wrong.text().contains("age,young,3"), "{}", wrong.text());
        assert_eq!(visitor.submits(&page, &[("rows", "dimension,value,target\r\nage,teens,1\r\n")]).await.status, 303);
        let shown = visitor.get(&page).await.text();
        for text in ["Female, feminine", "Under 20", "not shown", "fewer than 5"] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
        assert_eq!(visitor.submits(&page, &[("rows", "dimension,value,target\r\nage,teens,0\r\n")]).await.status, 303);
        assert!(!visitor.get(&page).await.text().contains("<th scope=\"row\">Under 20"));
        let mut seen = Vec::new();
        for (name, gender) in [("Ann", WOMAN), ("Ben", MAN), ("Chi", None)] {
            let person = scene.speaker(&app, name).await;
            person.put("/api/v1/me/profile", json!({ "gender": gender })).await.expect(200);
            let tasks = Visitor::signed_in(&app, &person).await.get("/tasks").await.text();
            seen.push((tasks.contains("looks for voices like yours"), tasks.contains("still rare"), tasks.contains("/tasks/record?batch")));
        }
        assert_eq!(seen, [(true, false, true), (false, true, false), (false, true, false)]);
    }
}
