//! The clients: each signs up, then asks for a task and answers it until the time is over.

use super::{Arguments, Failure, usage::Usage};
use crate::platform::{clock::steady, ids::random_token};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpStream, task::JoinSet};

/// Somebody with a connection of their own.
pub struct Person {
    http: Client,
    token: String,
}

/// Signs up so many people; hashing their passwords takes a while.
pub async fn people(url: &str, count: usize) -> Result<Vec<Person>, Failure> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut people = Vec::new();
    for n in 0..count {
        let http = Client::builder().no_proxy().pool_max_idle_per_host(1).build()?;
        let secret = random_token();
        let email = format!("bench-{n}-{}@example.org", &secret[..12]);
        let account = json!({ "email": email, "password": secret, "name": format!("Bench {n}") });
        post(&http, &format!("{url}/api/v1/accounts"), "", &account).await?;
        let (_, session) = post(&http, &format!("{url}/api/v1/sessions"), "", &account).await?;
        let token = session["access_token"].as_str().ok_or("the server gives no token")?.to_owned();
        people.push(Person { http, token });
    }
    Ok(people)
}

/// Connections that do nothing.
pub async fn idle(url: &str, count: usize) -> Result<Vec<TcpStream>, Failure> {
    let url = url::Url::parse(url)?;
    let host = url.host_str().ok_or("the URL names no host")?.to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let mut open = Vec::new();
    for _ in 0..count {
        open.push(TcpStream::connect((host.as_str(), port)).await?);
    }
    Ok(open)
}

async fn post(http: &Client, url: &str, token: &str, body: &Value) -> Result<(u16, Value), Failure> {
    let mut request = http.post(url).header("content-type", "application/json").body(body.to_string());
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let reply = request.send().await?;
    let status = reply.status().as_u16();
    Ok((status, serde_json::from_slice(&reply.bytes().await?).unwrap_or(Value::Null)))
}

/// Times of one kind of call, microseconds.
#[derive(Default)]
struct Times(Mutex<Vec<u64>>);

impl Times {
    fn add(&self, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(took_us);
    }

    /// The 50th, 95th and 99th percentile, in milliseconds.
    fn percentiles_ms(&self) -> [f64; 3] {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        times.sort_unstable();
        [50, 95, 99].map(|percent| {
            let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
            #[expect(clippy::cast_precision_loss, reason = "microseconds of some seconds")]
            let ms = times.get(at).copied().unwrap_or(0) as f64 / 1_000.0;
            ms
        })
    }
}

#[derive(Default)]
struct Counts {
    counted: AtomicBool,
    over: AtomicBool,
    loops: AtomicU64,
    refused: AtomicU64,
    next: Times,
    answer: Times,
}

/// What came out.
pub struct Measured {
    clients: usize,
    seconds: f64,
    loops: u64,
    refused: u64,
    next_ms: [f64; 3],
    answer_ms: [f64; 3],
    server_ms: Option<u64>,
    postgres_ms: Option<u64>,
    memory_mb: Option<(u64, u64)>,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "some millions at most")]
        let (loops, each) = (self.loops as f64, |ms: u64| ms as f64 / (self.loops.max(1) as f64));
        let times =
            |name: &str, [p50, p95, p99]: [f64; 3]| format!("{name} p50 {p50:.2}, p95 {p95:.2}, p99 {p99:.2} ms");
        writeln!(
            f,
            "clients {}: {:.1} loops/s, {} loops, {} refused",
            self.clients,
            loops / self.seconds,
            self.loops,
            self.refused
        )?;
        write!(f, "{}; {}", times("next", self.next_ms), times("answer", self.answer_ms))?;
        if let Some(ms) = self.server_ms {
            write!(f, "\nserver {:.3} CPU-ms per loop", each(ms))?;
        }
        if let Some(ms) = self.postgres_ms {
            write!(f, ", PostgreSQL {:.3}", each(ms))?;
        }
        if let Some((now, most)) = self.memory_mb {
            write!(f, "\nserver RSS {now} MB, at most {most} MB")?;
        }
        Ok(())
    }
}

/// Runs the loops.
pub async fn measure(url: &str, people: Vec<Person>, of: &Arguments, usage: &Usage) -> Result<Measured, Failure> {
    let counts = Arc::new(Counts::default());
    let clients = people.len();
    let mut running = JoinSet::new();
    for person in people {
        let mut wish = json!({ "kind": "judge" });
        if let Some(batch) = &of.batch {
            wish["batch"] = json!(batch);
        }
        if of.tasks > 1 {
            wish["count"] = json!(of.tasks);
        }
        running.spawn(work(url.to_owned(), person, wish, counts.clone()));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = (usage.server_ms()?, usage.postgres_ms()?);
    let begun = steady();
    counts.counted.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(of.seconds)).await;
    counts.counted.store(false, Ordering::Relaxed);
    let seconds = begun.elapsed().as_secs_f64();
    let after = (usage.server_ms()?, usage.postgres_ms()?);
    counts.over.store(true, Ordering::Relaxed);
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    let used = |before: Option<u64>, after: Option<u64>| Some(after? - before?);
    Ok(Measured {
        clients,
        seconds,
        loops: counts.loops.load(Ordering::Relaxed),
        refused: counts.refused.load(Ordering::Relaxed),
        next_ms: counts.next.percentiles_ms(),
        answer_ms: counts.answer.percentiles_ms(),
        server_ms: used(before.0, after.0),
        postgres_ms: used(before.1, after.1),
        memory_mb: usage.memory_mb()?,
    })
}

async fn work(url: String, person: Person, wish: Value, counts: Arc<Counts>) -> Result<(), Failure> {
    let answer = json!({ "label": "yes", "duration_ms": 1_000 });
    while !counts.over.load(Ordering::Relaxed) {
        let asked = steady();
        let (status, reply) = post(&person.http, &format!("{url}/api/v1/tasks/next"), &person.token, &wish).await?;
        let counted = counts.counted.load(Ordering::Relaxed);
        if status != 200 {
            if reply["code"] == "no_task" {
                return Err("the batch has no more tasks for a client: fill in more".into());
            }
            counts.refused.fetch_add(u64::from(counted), Ordering::Relaxed);
            continue;
        }
        if counted {
            counts.next.add(asked.elapsed());
        }
        let tasks = reply["tasks"].as_array().cloned().unwrap_or_else(|| vec![reply]);
        for task in tasks {
            let id = task["id"].as_str().unwrap_or_default();
            let answered = steady();
            let (status, _) =
                post(&person.http, &format!("{url}/api/v1/tasks/{id}/answer"), &person.token, &answer).await?;
            if counts.counted.load(Ordering::Relaxed) {
                counts.answer.add(answered.elapsed());
                let count = if status == 200 { &counts.loops } else { &counts.refused };
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}
