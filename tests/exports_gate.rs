//! The gate before a release is published: whatever must be said and is not stops it, and is named.

use crate::helpers::{Backend, Person, TestApp, corpus};
use crate::on_both_pairs;
use serde_json::{Value, json};

/// What Croissant 1.1 requires, by the names of its specification.
const CROISSANT: [&str; 10] = [
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
    "distribution",
];

/// A release of which all is made and nothing is published yet.
struct Ready {
    app: TestApp,
    admin: Person,
    release: String,
}

impl Ready {
    async fn to_be_published(app: &TestApp) -> Self {
        // Nobody works on the queue but this test.
        let app = TestApp::spawn_with(Backend::fresh(app.backend.pair), |config| config.no_jobs = true).await;
        let admin = app.admin().await;
        corpus::settle(&app, 3, 1).await;
        let release = corpus::frozen(&app, &admin, json!({ "version": "1.0.0", "formats": [] })).await;
        let ready = Self { app, admin, release };
        while ready.view().await["stage"] != "publish" {
            assert!(corpus::step(&ready.app).await, "the build goes on until it can be published");
        }
        ready
    }

    async fn view(&self) -> Value {
        self.admin.get(&format!("/api/v1/releases/{}", self.release)).await.expect(200)
    }

    async fn text(&self, sql: &'static str) -> String {
        let mut tx = self.app.site().db.read().await.unwrap();
        let (text,): (String,) = tx.one(sql, (self.release.as_str(),)).await.unwrap();
        text
    }

    async fn set(&self, sql: &'static str, value: &str) {
        let mut tx = self.app.site().db.begin().await.unwrap();
        tx.exec(sql, (self.release.as_str(), value)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Has the description say this, and gives the digest of what it said.
    async fn describe(&self, description: &Value) -> String {
        let before =
            self.text("select sha256 from release_files where release_id = $1 and path = 'croissant.json'").await;
        let sha256 = self.app.site().blobs.put(description.to_string().into_bytes().into()).await.unwrap();
        self.set(DESCRIBED, &sha256).await;
        before
    }

    /// Tries to publish; why that failed. Then it may be tried again.
    async fn refused(&self) -> String {
        assert!(corpus::step(&self.app).await);
        let view = self.view().await;
        assert_eq!(view["state"], "failed", "{view}");
        self.app.try_sql("update jobs set state = 'ready', attempts = 0 where kind = 'build_release'").await.unwrap();
        view["error"].as_str().unwrap().to_owned()
    }
}

const DESCRIBED: &str = "update release_files set sha256 = $2 where release_id = $1 and path = 'croissant.json'";
const CARD: &str = "select card from releases where id = $1";
const SET_CARD: &str = "update releases set card = $2 where id = $1";

on_both_pairs! {
    async fn nothing_is_published_without_each_of_the_ten_fields_of_croissant(app: TestApp) {
        let ready = Ready::to_be_published(&app).await;
        let sha256 = ready.text("select sha256 from release_files where release_id = $1 and path = 'croissant.json'").await;
        let whole: Value = serde_json::from_slice(&ready.app.site().blobs.get(&sha256).await.unwrap()).unwrap();
        for field in CROISSANT {
            let mut broken = whole.clone();
            broken.as_object_mut().unwrap().remove(field).unwrap();
            for broken in [broken.clone(), { broken[field] = json!(" "); broken }] {
                ready.describe(&broken).await;
                let sentence = ready.refused().await;
                assert!(sentence.contains(&format!(" {field} is missing")), "{sentence}");
            }
        }
        ready.set(DESCRIBED, &sha256).await;
        corpus::finish(&ready.app).await;
        assert_eq!(ready.view().await["state"], "ready");
    }

    async fn nothing_is_published_without_a_licence_or_a_consent(app: TestApp) {
        let ready = Ready::to_be_published(&app).await;
        let whole = ready.text(CARD).await;
        let with = |field: &str, value: Value| {
            let mut card: Value = serde_json::from_str(&whole).unwrap();
            card[field] = value;
            card.to_string()
        };
        for (field, value, name) in [
            ("licence", json!(""), "license"),
            // Terms of one's own need their text.
            ("licence", json!("Our own"), "license"),
            ("consent_versions", json!([]), "consent"),
        ] {
            ready.set(SET_CARD, &with(field, value)).await;
            let sentence = ready.refused().await;
            assert!(sentence.contains(&format!(" {name} is missing")), "{sentence}");
        }
        ready.set(SET_CARD, &whole).await;
        // All take their consent back while it is about to be published: it is built anew, of nothing.
        let mut tx = ready.app.site().db.begin().await.unwrap();
        for speaker in 0..3 {
            corpus::consent(&mut tx, speaker, 0).await;
        }
        tx.commit().await.unwrap();
        corpus::finish(&ready.app).await;
        let view = ready.view().await;
        assert!(view["state"] == "failed" && view["error"].as_str().unwrap().contains("consent in force"), "{view}");
        let left = ready.app.rows("select clip_id, path from release_clips").await;
        assert_eq!(left, [], "no row of it stays");
    }
}
