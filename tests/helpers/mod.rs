//! What the tests stand on: a whole server per test, real stores, real people's requests.

#![allow(dead_code, reason = "a vocabulary: not every word is in use at all times")]

pub mod alignment;
pub mod architecture;
pub mod axe;
pub mod backend;
pub mod browser;
pub mod chance;
pub mod chromedriver;
pub mod corpus;
pub mod crowd;
pub mod forms;
pub mod network;
pub mod people;
pub mod postgres;
pub mod process;
pub mod python;
pub mod s3;
pub mod scene;
pub mod sound;
pub mod source;
pub mod table;
pub mod visitor;
pub mod watchdog;

use reqwest::{Client, Method};
use sayso::{
    app::{self, Running},
    config::Config,
    platform::clock::Clock,
};

pub use backend::{Backend, Pair};
pub use people::{Person, Reply};
pub use scene::{Scene, id, settled, until};

/// When every test begins: 2026-01-05 09:00 UTC, a Monday. The clock moves only by hand.
pub const START_US: i64 = 1_767_603_600_000_000;

/// A server of this test's own, on a port of its own, with stores of its own.
pub struct TestApp {
    pub url: String,
    /// Without cookies, and following no redirects: a reply is what the server said.
    pub http: Client,
    pub clock: Clock,
    pub backend: Backend,
    config: Config,
    running: Option<Running>,
    setup_link: Option<String>,
}

impl TestApp {
    pub async fn spawn(pair: Pair) -> Self {
        Self::spawn_with(Backend::fresh(pair), |_| {}).await
    }

    /// Starts on given stores, with settings changed first.
    pub async fn spawn_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = backend.config();
        change(&mut config);
        let clock = Clock::manual(START_US);
        let running = app::start(config.clone(), clock.clone()).await.expect("the server starts");
        Self {
            url: running.url.clone(),
            http: client(),
            clock,
            backend,
            config,
            setup_link: running.setup_link.clone(),
            running: Some(running),
        }
    }

    /// Stops the server and starts it again on the same stores, on another port.
    pub async fn restart(&mut self) {
        self.stop().await;
        let running = app::start(self.config.clone(), self.clock.clone()).await.expect("the server starts again");
        self.url = running.url.clone();
        self.running = Some(running);
    }

    /// Stops the server; what it answered is stored.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// A second server on the same stores, as behind a load balancer.
    pub async fn neighbour(&self) -> Running {
        app::start(self.config.clone(), self.clock.clone()).await.expect("a second server starts")
    }

    /// A process on the same stores that runs jobs, whatever this one does.
    pub async fn worker(&self) -> Running {
        let config = Config { no_jobs: false, ..self.config.clone() };
        app::start(config, self.clock.clone()).await.expect("a worker starts")
    }

    /// Runs one statement against the database, as somebody who got hold of it could.
    pub async fn try_sql(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        let running = self.running.as_ref().expect("the server runs");
        let mut tx = running.site.db.begin().await?;
        let touched = tx.exec(sql, ()).await?;
        tx.commit().await?;
        Ok(touched)
    }

    /// The first administrator, by the link that the first start printed.
    pub async fn admin(&self) -> Person {
        let link = self.setup_link.as_deref().expect("a first start prints a setup link");
        let token = link.split_once("token=").expect("the link carries a token").1;
        Person::sign_up(&self.url, &self.http, "Ada Admin", Some(token)).await
    }

    /// A contributor; names are different within one test.
    pub async fn person(&self, name: &str) -> Person {
        Person::sign_up(&self.url, &self.http, name, None).await
    }

    /// Somebody who made an account in a browser.
    pub async fn known(&self, name: &str) -> Person {
        Person::known(&self.url, &self.http, name).await
    }

    /// Someone with a role that an administrator gave.
    pub async fn person_with_role(&self, admin: &Person, name: &str, role: &str) -> Person {
        let person = self.person(name).await;
        let path = format!("/api/v1/people/{}/role", person.id);
        admin.put(&path, serde_json::json!({ "role": role })).await.expect(204);
        person.signed_in().await
    }

    /// Two columns of the database, as text: what a test cannot see over HTTP.
    pub async fn rows(&self, sql: &'static str) -> Vec<(String, String)> {
        let running = self.running.as_ref().expect("the server runs");
        running.site.db.read().await.unwrap().all(sql, ()).await.unwrap()
    }

    /// What the server works on, to check it from inside.
    pub fn site(&self) -> &sayso::platform::site::Site {
        &self.running.as_ref().expect("the server runs").site
    }

    /// A request of nobody.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.http.request(Method::GET, format!("{}{path}", self.url))).await
    }
}

/// An HTTP client that keeps nothing and follows nothing.
pub fn client() -> Client {
    // Fails when the server of this process has already installed the same one.
    rustls::crypto::ring::default_provider().install_default().ok();
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.no_proxy().build().unwrap()
}

/// Makes each test twice: on SQLite with a folder, and on PostgreSQL with S3.
///
/// ```text
/// on_both_pairs! {
///     /// Why this matters.
///     async fn a_sentence_about_behaviour(app: TestApp) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_pairs {
    ($($(#[$attribute:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a test may use nothing of its file")]
            use super::*;

            async fn check($app: $crate::helpers::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite_and_folder() {
                check($crate::helpers::TestApp::spawn($crate::helpers::Pair::LiteFolder).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres_and_s3() {
                check($crate::helpers::TestApp::spawn($crate::helpers::Pair::PgS3).await).await;
            }
        }
    )*};
}
