//! `kill -9` at twenty moments under load: nothing acknowledged is lost, nothing is doubled.

use crate::helpers::{Backend, Pair, Person, Scene, client, process::Process, sound};
use sayso::platform::db::Db;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, watch};

const KILLS: u64 = 20;
const PEOPLE: usize = 6;

/// What the server has acknowledged to anybody.
#[derive(Default)]
struct History {
    recordings: Mutex<BTreeSet<String>>,
    answers: Mutex<BTreeMap<String, String>>,
    news: Notify,
}

impl History {
    fn count(&self) -> usize {
        self.recordings.lock().unwrap().len() + self.answers.lock().unwrap().len()
    }
}

/// One person's work, against whichever process serves at the moment.
struct Client {
    person: Person,
    site: watch::Receiver<String>,
    history: Arc<History>,
    scene: Arc<Scene>,
}

impl Client {
    /// The status and body of a request; `None` when the server died meanwhile.
    async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let url = format!("{}{path}", *self.site.borrow());
        let reply = client().post(url).bearer_auth(&self.person.token).json(body).send().await.ok()?;
        let status = reply.status().as_u16();
        Some((status, reply.json().await.unwrap_or(Value::Null)))
    }

    /// Repeats a request until a living server has answered it.
    async fn insist(&self, path: &str, body: &Value) -> (u16, Value) {
        let mut every = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..1_200 {
            every.tick().await;
            if let Some(reply) = self.post(path, body).await.filter(|(status, _)| *status != 503) {
                return reply;
            }
        }
        panic!("nobody answered {path} within a minute");
    }

    async fn work(self, seed: u64) {
        for n in 0..1_000 {
            let recorded = self.record(seed + n).await;
            let judged = self.judge().await;
            if !recorded && !judged {
                return;
            }
        }
    }

    async fn record(&self, seed: u64) -> bool {
        let (status, task) = self.insist("/api/v1/tasks/next", &json!({ "batch": self.scene.record })).await;
        if status != 200 {
            return false;
        }
        let wav = sound::clean(seed);
        let body = self.person.declaration(&task, &wav);
        let id = body["id"].as_str().unwrap().to_owned();
        loop {
            let (status, view) = self.insist("/api/v1/recordings", &body).await;
            if status != 201 {
                return true;
            }
            if let Some(url) = view["upload"]["url"].as_str() {
                let url = if url.starts_with('/') { format!("{}{url}", *self.site.borrow()) } else { url.to_owned() };
                let mut put = client().put(url);
                for (name, value) in view["upload"]["headers"].as_object().unwrap() {
                    put = put.header(name, value.as_str().unwrap());
                }
                if put.body(wav.clone()).send().await.is_err() {
                    continue;
                }
            }
            let (status, _) = self.insist(&format!("/api/v1/recordings/{id}/complete"), &json!({})).await;
            if status == 202 {
                self.history.recordings.lock().unwrap().insert(id);
                self.history.news.notify_one();
                return true;
            }
            assert!(status == 409 || status == 422, "completing answered {status}");
        }
    }

    async fn judge(&self) -> bool {
        let (status, task) = self.insist("/api/v1/tasks/next", &json!({ "batch": self.scene.judge })).await;
        if status != 200 {
            return false;
        }
        let id = task["id"].as_str().unwrap().to_owned();
        let body = json!({ "label": "yes", "duration_ms": 1_000 });
        let (status, _) = self.insist(&format!("/api/v1/tasks/{id}/answer"), &body).await;
        if status == 200 {
            self.history.answers.lock().unwrap().insert(id, self.person.id.clone());
            self.history.news.notify_one();
        }
        true
    }
}

async fn survives(pair: Pair) {
    let backend = Backend::fresh(pair);
    let mut server = Process::start(&backend, &["serve"]).await;
    let link = server.setup_link.clone().expect("a first start prints a link");
    let token = link.split_once("token=").unwrap().1;
    let admin = Person::sign_up(&server.url, &client(), "Ada Admin", Some(token)).await;
    let prompts = vec!["Alexa"; 160];
    let scene = Arc::new(Scene::set_with(&admin, &prompts, json!({}), json!({ "gold_rate": 0.0 })).await);
    let history = Arc::new(History::default());
    let (moved, site) = watch::channel(server.url.clone());
    let mut clients = Vec::new();
    for n in 0..PEOPLE {
        let person = Person::sign_up(&server.url, &client(), &format!("Person {n}"), None).await;
        person.consents(&scene.project).await;
        let client = Client { person, site: site.clone(), history: history.clone(), scene: scene.clone() };
        clients.push(tokio::spawn(client.work(1_000 * n as u64)));
    }
    for kill in 0..KILLS {
        // After a few more acknowledgements, while other requests are under way.
        let goal = history.count() + 2 + (kill * 7 % 5) as usize;
        while history.count() < goal && !clients.iter().all(|client| client.is_finished()) {
            // Silence means that the clients are done; the loop's condition tells.
            let _ = tokio::time::timeout(Duration::from_secs(1), history.news.notified()).await;
        }
        server.kill();
        server = Process::start(&backend, &["serve"]).await;
        moved.send(server.url.clone()).unwrap();
    }
    for client in clients {
        client.await.unwrap();
    }
    server.kill();
    whole(&backend, &history).await;
}

/// Everything that was acknowledged is there, once, and the books, the store and the log are whole.
async fn whole(backend: &Backend, history: &History) {
    let db = Db::open(&backend.database_url).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let clips: Vec<(String, String)> =
        tx.all("select id, task_id from clips where state <> 'declared'", ()).await.unwrap();
    let answers: Vec<(String, String)> = tx.all("select task_id, item_id from answers", ()).await.unwrap();
    let pends: Vec<(String,)> = tx.all("select cause from ledger_entries where kind = 'pend'", ()).await.unwrap();
    let stored: BTreeSet<&String> = clips.iter().map(|(id, _)| id).collect();
    let acknowledged = history.recordings.lock().unwrap();
    assert!(acknowledged.iter().all(|id| stored.contains(id)), "an acknowledged recording is missing");
    let tasks: BTreeSet<&String> = clips.iter().map(|(_, task)| task).collect();
    assert_eq!(tasks.len(), clips.len(), "a task has two recordings");
    let answered: BTreeSet<&String> = answers.iter().map(|(task, _)| task).collect();
    assert_eq!(answered.len(), answers.len(), "a task has two answers");
    assert!(
        history.answers.lock().unwrap().keys().all(|task| answered.contains(task)),
        "an acknowledged answer is missing"
    );
    assert_eq!(pends.len(), clips.len() + answers.len(), "each piece of work is noted once");
    assert!(acknowledged.len() >= 40, "only {} recordings under {KILLS} kills: no load", acknowledged.len());
    for subject in ["ledger", "store", "audit"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(["verify", subject])
            .envs(backend.environment())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_on_sqlite_and_folder() {
    survives(Pair::LiteFolder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_on_postgres_and_s3() {
    survives(Pair::PgS3).await;
}
