//! Money that leaves: once, approved by others, to where its owner said; bonuses all or none.

use crate::helpers::{Backend, Pair, Person, Scene, TestApp, id, until};
use crate::on_both_pairs;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Pays somebody a bonus, which is payable at once.
async fn earns(admin: &Person, project: &str, person: &Person, cents: i64) {
    let rows = format!("person,cents,reason\n{},{cents},Thank you very much\n", person.id);
    let path = format!("/api/v1/projects/{project}/bonuses");
    assert_eq!(admin.post_file(&path, "text/csv", rows).await.expect(201)["given"], 1);
}

async fn goes_to(person: &Person, destination: &str) {
    person.put("/api/v1/ledger/destination", json!({ "destination": destination })).await.expect(204);
}

async fn balance(person: &Person) -> Value {
    person.get("/api/v1/ledger/statement").await.expect(200)["balances"][0].clone()
}

fn path(payout: &Value, what: &str) -> String {
    format!("/api/v1/payouts/{}/{what}", payout["id"].as_str().unwrap())
}

/// The same request fifty times at once.
async fn fifty(person: &Person, path: &str, body: Value) -> Vec<(u16, Value)> {
    let one = || {
        let (person, path, body) = (person.clone(), path.to_owned(), body.clone());
        tokio::spawn(async move {
            let reply = person.post(&path, body).await;
            (reply.status, reply.json())
        })
    };
    let all: Vec<_> = (0..50).map(|_| one()).collect();
    let mut replies = Vec::new();
    for reply in all {
        replies.push(reply.await.unwrap());
    }
    replies
}

/// How often something was posted to the ledger.
async fn posted(app: &TestApp, kind: &str) -> usize {
    app.rows("select kind, cause from ledger_entries").await.iter().filter(|(one, _)| one == kind).count()
}

on_both_pairs! {
    async fn fifty_identical_requests_approvals_and_failures_have_one_effect_each(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = app.person("Ann").await;
        earns(&admin, &scene.project, &ann, 1_234).await;
        ann.post("/api/v1/payouts", json!({ "currency": "USD" })).await.refused(409, "no_destination");
        goes_to(&ann, "DE89 3704 0044 0532 0130 00").await;

        let asked = fifty(&ann, "/api/v1/payouts", json!({ "currency": "USD" })).await;
        let ids: std::collections::BTreeSet<String> = asked.iter().map(|(_, one)| one["id"].to_string()).collect();
        assert!(ids.len() == 1 && asked.iter().all(|(status, _)| *status == 200), "{asked:?}");
        assert_eq!((&balance(&ann).await["payable_cents"], &balance(&ann).await["paid_cents"]), (&json!(0), &json!(1_234)));

        let payout = asked[0].1.clone();
        let approved = fifty(&admin, &path(&payout, "approve"), json!({})).await;
        assert!(approved.iter().all(|(status, one)| *status == 200 && one["state"] == "approved"), "{approved:?}");
        let failed = fifty(&admin, &path(&payout, "state"), json!({ "state": "failed", "reference": "account closed" })).await;
        assert!(failed.iter().all(|(status, _)| *status == 200), "{failed:?}");
        assert_eq!(balance(&ann).await["payable_cents"], 1_234, "a payout that failed is payable again, once");
        assert_eq!((posted(&app, "payout").await, posted(&app, "payout_failed").await), (1, 1));
        admin.post(&path(&payout, "state"), json!({ "state": "settled" })).await.refused(409, "payout_state");
        admin.post(&path(&payout, "approve"), json!({})).await.refused(409, "payout_over");

        let again = ann.post("/api/v1/payouts", json!({ "currency": "USD" })).await.expect(200);
        assert_ne!(again["id"], payout["id"]);
    }

    async fn nobody_approves_their_own_payout_and_a_large_one_needs_two(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let other = app.person_with_role(&admin, "Otto", "admin").await;
        let ann = app.person("Ann").await;
        earns(&admin, &scene.project, &ann, 10_000).await;
        earns(&admin, &scene.project, &admin, 600).await;
        goes_to(&ann, "ann@pay.example").await;
        goes_to(&admin, "admin@pay.example").await;
        let large = ann.post("/api/v1/payouts", json!({ "currency": "USD" })).await.expect(200);
        let own = admin.post("/api/v1/payouts", json!({ "currency": "USD" })).await.expect(200);
        admin.post(&path(&own, "approve"), json!({})).await.refused(403, "own_payout");
        admin.post(&path(&own, "state"), json!({ "state": "failed" })).await.refused(403, "own_payout");
        ann.post(&path(&large, "approve"), json!({})).await.refused(403, "forbidden");
        for _ in 0..2 {
            let half = admin.post(&path(&large, "approve"), json!({})).await.expect(200);
            assert_eq!(half["state"], "requested", "one administrator is two eyes, however often they click");
        }
        admin.post(&path(&large, "state"), json!({ "state": "sent" })).await.refused(409, "payout_state");
        assert_eq!(other.post(&path(&large, "approve"), json!({})).await.expect(200)["state"], "approved");
        let table = admin.get("/api/v1/payouts.csv?state=approved").await;
        assert!(table.text().contains("ann@pay.example,100.00,USD"), "{}", table.text());
        for state in ["sent", "settled"] {
            let moved = admin.post(&path(&large, "state"), json!({ "state": state, "reference": "T-1" })).await.expect(200);
            assert_eq!(moved["state"], state);
        }
        assert_eq!(balance(&ann).await["paid_cents"], 10_000);
    }

    async fn two_accounts_with_one_destination_are_looked_at_before_they_are_paid(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let (ann, eve) = (app.person("Ann").await, app.person("Eve").await);
        for person in [&ann, &eve] {
            earns(&admin, &scene.project, person, 700).await;
        }
        goes_to(&ann, "de89 3704").await;
        goes_to(&eve, "DE893704").await;
        let made = admin.post("/api/v1/payout-runs", json!({})).await.expect(200);
        assert_eq!(made["made"], 2);
        assert_eq!(admin.post("/api/v1/payout-runs", json!({})).await.expect(200)["made"], 0);
        let waiting = admin.get("/api/v1/payouts").await.expect(200);
        let held = &waiting.as_array().unwrap()[0];
        assert_ne!(held["held"], "", "{waiting}");
        admin.post(&path(held, "approve"), json!({})).await.refused(409, "payout_held");
        let let_go = admin.post(&path(held, "approve"), json!({ "despite_hold": true })).await.expect(200);
        assert_eq!(let_go["state"], "approved");
    }

    async fn bonuses_are_paid_all_or_none_and_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let (ann, ben) = (app.person("Ann").await, app.person("Ben").await);
        let to = format!("/api/v1/projects/{}/bonuses", scene.project);
        let bad = format!("person,cents,reason\n{},100,For many accents\nnobody@example.org,5,For many accents\n{},0,ok\n", ann.id, ben.id);
        let refused = admin.post_file(&to, "text/csv", bad).await.refused(422, "import_rows");
        assert_eq!(refused["rows"][0]["line"], 4, "{refused}");
        let strangers = format!("person,cents,reason\n{},100,For many accents\nnobody@example.org,5,For many accents\n", ann.id);
        let refused = admin.post_file(&to, "text/csv", strangers).await.refused(422, "import_rows");
        assert_eq!(refused["rows"][0]["line"], 3, "{refused}");
        assert_eq!(posted(&app, "bonus").await, 0, "one bad row, and nobody is paid");

        let good = format!("person,cents,reason\n{},150,=For many accents\n{},50,For a quiet room\n", ann.id, ben.id);
        for _ in 0..2 {
            let request = admin.request(reqwest::Method::POST, &to).header("idempotency-key", "thanks").header("content-type", "text/csv");
            crate::helpers::Reply::of(request.body(good.clone())).await.expect(201);
        }
        assert_eq!(balance(&ann).await["payable_cents"], 150);
        let statement = ann.get("/api/v1/ledger/statement.csv").await.text();
        assert!(statement.contains(",bonus,'=For many accents,1.50,USD"), "a note is no formula: {statement}");
        ann.post_file(&to, "text/csv", good).await.refused(403, "forbidden");

        let funding = format!("/api/v1/projects/{}/funding", scene.project);
        let costs = admin.post(&funding, json!({ "cents": 5_000, "note": "Invoice 7" })).await.expect(201);
        assert_eq!((&costs["funded_cents"], &costs["bonuses_cents"]), (&json!(5_000), &json!(200)));
        admin.post(&funding, json!({ "cents": 0, "note": "" })).await.refused(422, "invalid_amount");
    }
}

/// What a payment provider was told: the payout's id, as key and in the body, and its signature.
type Told = Arc<Mutex<Vec<(String, String, Value)>>>;

/// A payment provider on this machine that takes everything.
async fn provider() -> (String, Told) {
    let told = Told::default();
    let heard = told.clone();
    let server = HttpServer::new(move || {
        let heard = heard.clone();
        App::new().default_service(web::post().to(move |request: HttpRequest, body: web::Bytes| {
            let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
            let body = serde_json::from_slice(&body).unwrap();
            heard.lock().unwrap().push((header("idempotency-key"), header("sayso-signature"), body));
            async { HttpResponse::Accepted().json(json!({ "reference": "T-42" })) }
        }))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/payouts", server.addrs()[0]);
    tokio::spawn(server.run());
    (url, told)
}

fn signed(body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_is_told_of_approved_payouts_and_says_what_became_of_them() {
    let (url, told) = provider().await;
    let app = TestApp::spawn_with(Backend::fresh(Pair::LiteFolder), |config| {
        config.payout_url = Some(url);
        config.payout_secret = Some(SECRET.to_owned());
    })
    .await;
    let admin = app.admin().await;
    let scene = Scene::set(&admin, &["Alexa"]).await;
    let ann = app.person("Ann").await;
    earns(&admin, &scene.project, &ann, 900).await;
    goes_to(&ann, "ann@pay.example").await;
    let payout = ann.post("/api/v1/payouts", json!({ "currency": "USD" })).await.expect(200);
    admin.post(&path(&payout, "approve"), json!({})).await.expect(200);
    let sent = until(async || {
        let all = admin.get("/api/v1/payouts?state=sent").await.expect(200);
        all.as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!((&sent["id"], &sent["reference"]), (&payout["id"], &json!("T-42")));
    let (key, signature, body) = told.lock().unwrap()[0].clone();
    assert_eq!(key, id(&payout), "the provider can tell a repetition");
    assert_eq!(signature, signed(body.to_string().as_bytes()));
    assert_eq!((&body["amount_cents"], &body["destination"]), (&json!(900), &json!("ann@pay.example")));

    let result = json!({ "payout": payout["id"], "state": "settled", "reference": "T-42" }).to_string();
    let says = async |signature: String| {
        let request = app.http.post(format!("{}/api/v1/payouts/results", app.url)).header("sayso-signature", signature);
        crate::helpers::Reply::of(request.body(result.clone())).await
    };
    says("0".repeat(64)).await.refused(401, "bad_signature");
    let failed = result.replace("settled", "failed");
    says(signed(failed.as_bytes())).await.refused(401, "bad_signature");
    says(signed(result.as_bytes())).await.expect(204);
    says(signed(result.as_bytes())).await.expect(204);
    // What has arrived does not come back, whatever is said and signed later.
    let late = app
        .http
        .post(format!("{}/api/v1/payouts/results", app.url))
        .header("sayso-signature", signed(failed.as_bytes()));
    crate::helpers::Reply::of(late.body(failed)).await.refused(409, "payout_state");
    assert_eq!(balance(&ann).await["paid_cents"], 900);
    let own = ann.get("/api/v1/ledger/statement").await.expect(200);
    assert_eq!(own["payouts"][0]["state"], "settled");
    assert_eq!(told.lock().unwrap().len(), 1, "one payout, one payment");
}
