//! Every page as every role: who may see it, what it is made of, and that looking changes nothing.

use std::collections::{BTreeSet, VecDeque};

use serde_json::json;

use crate::{
    exports::released,
    helpers::{Person, Reply, Scene, TestApp, architecture::inline_code, forms::Visitor, sound, source::Source, until},
    on_both_pairs,
    training::School,
};

/// What is wrong with a page, whoever looks at it.
fn faults(path: &str, page: &Reply) -> Vec<String> {
    let html = page.text();
    let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let mut faults = inline_code(&Source { path: path.into(), text: html.clone() });
    let mut must = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let policy = header("content-security-policy");
    must(policy.contains("default-src 'self'") && policy.contains("object-src 'none'"), "no strict content policy");
    must(!policy.contains("unsafe-inline"), "the content policy allows inline code");
    must(header("content-type").starts_with("text/html"), "not a page");
    must(header("x-content-type-options") == "nosniff", "may be sniffed");
    must(html.matches("<h1").count() == 1, "not exactly one <h1>");
    must(between(&html, "<title>", "</title>").len() > " · Sayso".len(), "no title");
    must(html.contains("<html lang=\"en\">") && html.contains("<main"), "no language or no main part");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    must(ids.iter().collect::<BTreeSet<_>>().len() == ids.len(), "two elements have one id");
    faults
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    rest.split_once(end).map_or("", |(inside, _)| inside)
}

/// The addresses of this site that a page links to.
fn links(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for attribute in [" href=\"", " src=\""] {
        let values = html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
        links.extend(
            values
                .filter(|value| value.starts_with('/'))
                .map(|value| value.replace("&#38;", "&").replace("&amp;", "&")),
        );
    }
    links
}

/// Follows every link that this visitor is offered; each must lead somewhere. Gives the pages seen.
async fn crawl(visitor: &Visitor, who: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut open = VecDeque::from(["/".to_owned()]);
    while let Some(path) = open.pop_front() {
        let reply = visitor.get(&path).await;
        assert_eq!(reply.status, 200, "{who} is offered {path}");
        // What lies under /api is a file, even if it is HTML, such as the data card of a release.
        if path.starts_with("/api/") || !reply.headers["content-type"].to_str().unwrap().starts_with("text/html") {
            continue;
        }
        assert_eq!(faults(&path, &reply), Vec::<String>::new(), "{who} at {path}");
        for link in links(&reply.text()) {
            if seen.insert(link.clone()) {
                open.push_back(link);
            }
        }
    }
    seen
}

/// A site in use: clips, a contested verdict, a release, pay and an audit log.
async fn in_use(app: &TestApp, admin: &Person) -> (Scene, String) {
    let judge = json!({ "answers_max": 2, "threshold": 0.95, "gold_rate": 0.0 });
    let scene = Scene::set_with(admin, &["Alexa", "Computer", "Alexa"], json!({}), judge).await;
    let ann = scene.speaker(app, "Ann").await;
    for seed in [1, 2] {
        scene.recorded(&ann, &sound::clean(seed)).await;
    }
    for (name, labels) in [("Ben", ["yes", "yes"]), ("Chi", ["yes", "no"])] {
        let judge = app.person(name).await;
        for label in labels {
            let task =
                until(async || Some(judge.next_task(&scene.judge).await).filter(|reply| reply.status == 200)).await;
            let reason = (label == "no").then_some("noise");
            judge.answers(&task.expect(200), label, reason).await.expect(200);
        }
    }
    until(async || (app.rows("select state, label from verdicts").await.len() == 2).then_some(())).await;
    // One stays contested, the other is good enough for a release.
    let contested = admin.get("/api/v1/verdicts/contested").await.expect(200);
    let path = format!("/api/v1/verdicts/{}", contested[0]["item"].as_str().unwrap());
    admin.post(&path, json!({ "label": "yes" })).await.expect(204);
    School::found(admin, &scene.judge, json!({})).await;
    let release = released(admin, &scene.project, "1.0.0").await;
    assert_eq!(release["state"], "ready", "{release}");
    let release = release["id"].as_str().unwrap().to_owned();
    (scene, release)
}

/// How many rows each table of the domain has.
async fn counts(app: &TestApp) -> Vec<(String, String)> {
    app.rows(
        "select 'people', cast(count(*) as text) from people
         union all select 'profiles', cast(count(*) as text) from profiles
         union all select 'consents', cast(count(*) as text) from consents
         union all select 'projects', cast(count(*) as text) from projects
         union all select 'batches', cast(count(*) as text) from batches
         union all select 'items', cast(count(*) as text) from items
         union all select 'queue', cast(count(*) as text) from queue
         union all select 'tasks', cast(count(*) as text) from tasks
         union all select 'enrolments', cast(count(*) as text) from enrolments
         union all select 'exposures', cast(count(*) as text) from exposure_people
         union all select 'clips', cast(count(*) as text) from clips
         union all select 'clip_features', cast(count(*) as text) from clip_features
         union all select 'answers', cast(count(*) as text) from answers
         union all select 'verdicts', cast(count(*) as text) from verdicts
         union all select 'verdict_history', cast(count(*) as text) from verdict_history
         union all select 'gold_results', cast(count(*) as text) from gold_results
         union all select 'ledger_entries', cast(count(*) as text) from ledger_entries
         union all select 'training_attempts', cast(count(*) as text) from training_attempts
         union all select 'training_steps', cast(count(*) as text) from training_steps
         union all select 'qualifications', cast(count(*) as text) from qualifications
         union all select 'cases', cast(count(*) as text) from cases
         union all select 'releases', cast(count(*) as text) from releases
         union all select 'release_files', cast(count(*) as text) from release_files
         union all select 'audit_entries', cast(count(*) as text) from audit_entries
         order by 1",
    )
    .await
}

const ROLES: [&str; 5] = ["anonymous", "contributor", "reviewer", "researcher", "admin"];

/// One visitor per role, in the order of [`ROLES`].
async fn everybody(app: &TestApp, admin: &Person) -> Vec<Visitor> {
    let people = [
        app.person("Cleo").await,
        app.person_with_role(admin, "Rita", "reviewer").await,
        app.person_with_role(admin, "Rosa", "researcher").await,
        admin.clone(),
    ];
    let mut visitors = vec![Visitor::anonymous(app)];
    for person in &people {
        visitors.push(Visitor::signed_in(app, person).await);
    }
    visitors
}

/// Every page, with what it answers to each of [`ROLES`].
fn pages(scene: &Scene, release: &str) -> Vec<(String, [u16; 5])> {
    let nobody = uuid::Uuid::nil();
    let (open, inside, running) = ([200; 5], [303, 200, 200, 200, 200], [303, 403, 403, 403, 200]);
    let (settling, studying, nowhere) = ([303, 403, 200, 403, 200], [303, 403, 403, 200, 200], [404; 5]);
    vec![
        ("/".to_owned(), open),
        ("/signup".to_owned(), open),
        ("/login".to_owned(), open),
        ("/setup?token=wrong".to_owned(), open),
        ("/tasks".to_owned(), inside),
        ("/recordings".to_owned(), inside),
        ("/ledger".to_owned(), inside),
        ("/payouts".to_owned(), running),
        ("/fairness".to_owned(), running),
        ("/refusals".to_owned(), inside),
        ("/appeals".to_owned(), settling),
        ("/exposure".to_owned(), inside),
        ("/exposure/help".to_owned(), inside),
        ("/exposure/totals".to_owned(), running),
        ("/exposure/reports".to_owned(), settling),
        ("/profile".to_owned(), inside),
        (format!("/consent/{}", scene.project), inside),
        (format!("/tasks/record?batch={}", scene.record), inside),
        (format!("/tasks/judge?batch={}", scene.judge), inside),
        (format!("/training/{}", scene.judge), inside),
        (format!("/training/{}", scene.record), [303, 404, 404, 404, 404]),
        (format!("/batches/{}/training", scene.judge), running),
        (format!("/batches/{}/training", scene.record), running),
        ("/projects".to_owned(), running),
        ("/projects/new".to_owned(), running),
        (format!("/projects/{}", scene.project), running),
        (format!("/projects/{}/batches/new", scene.project), running),
        (format!("/projects/{}/about", scene.project), running),
        (format!("/projects/{}/access", scene.project), running),
        (format!("/batches/{}", scene.record), running),
        (format!("/batches/{}", scene.judge), running),
        (format!("/batches/{}/quotas", scene.record), running),
        (format!("/batches/{}/quotas", scene.judge), [303, 403, 403, 403, 404]),
        (format!("/batches/{}/quality", scene.judge), running),
        (format!("/batches/{}/consensus", scene.judge), running),
        (format!("/batches/{}/consensus", scene.record), [303, 403, 403, 403, 404]),
        (format!("/batches/{}/quality", scene.record), [303, 403, 403, 403, 404]),
        ("/people".to_owned(), running),
        ("/dead-letters".to_owned(), running),
        ("/audit".to_owned(), running),
        ("/verdicts".to_owned(), settling),
        ("/trust".to_owned(), inside),
        ("/trust/pauses".to_owned(), settling),
        ("/trust/people".to_owned(), settling),
        ("/gold".to_owned(), running),
        (format!("/gold/{}", scene.judge), running),
        (format!("/gold/{}", scene.record), [303, 403, 403, 403, 404]),
        ("/cases".to_owned(), settling),
        ("/releases".to_owned(), studying),
        (format!("/releases/{release}"), studying),
        ("/nothing".to_owned(), nowhere),
        ("/static/nothing.js".to_owned(), nowhere),
        ("/consent/nonsense".to_owned(), [303, 404, 404, 404, 404]),
        (format!("/consent/{nobody}"), [303, 404, 404, 404, 404]),
        ("/projects/nonsense".to_owned(), [303, 403, 403, 403, 404]),
        (format!("/projects/{nobody}"), [303, 403, 403, 403, 404]),
        (format!("/projects/{nobody}/batches/new"), [303, 403, 403, 403, 404]),
        (format!("/batches/{nobody}"), [303, 403, 403, 403, 404]),
        (format!("/batches/{nobody}/quotas"), [303, 403, 403, 403, 404]),
        (format!("/releases/{nobody}"), [303, 403, 403, 404, 404]),
    ]
}

on_both_pairs! {
    async fn every_page_answers_every_role_as_it_should(app: TestApp) {
        let admin = app.admin().await;
        let (scene, release) = in_use(&app, &admin).await;
        let visitors = everybody(&app, &admin).await;
        let pages = pages(&scene, &release);
        let mut wrong = Vec::new();
        for (path, statuses) in &pages {
            for ((visitor, who), status) in visitors.iter().zip(ROLES).zip(statuses) {
                let reply = visitor.get(path).await;
                if reply.status != *status {
                    wrong.push(format!("{who} at {path}: {} instead of {status}", reply.status));
                } else if reply.status == 303 {
                    assert!(reply.headers["location"].to_str().unwrap().starts_with("/login?next="), "{path}");
                } else {
                    wrong.extend(faults(path, &reply).iter().map(|fault| format!("{who} at {path}: {fault}")));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn every_link_leads_somewhere_and_looking_changes_nothing(app: TestApp) {
        let admin = app.admin().await;
        let (scene, release) = in_use(&app, &admin).await;
        let visitors = everybody(&app, &admin).await;
        let before = counts(&app).await;
        let mut seen = BTreeSet::new();
        for (visitor, who) in visitors.iter().zip(ROLES) {
            seen = crawl(visitor, who).await;
        }
        assert_eq!(counts(&app).await, before);
        for page in [format!("/batches/{}", scene.judge), format!("/batches/{}/training", scene.judge), format!("/releases/{release}"), "/audit".to_owned()] {
            assert!(seen.contains(&page), "the administrator finds no way to {page}: {seen:#?}");
        }
    }
}
