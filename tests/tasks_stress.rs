//! A crowd with bad manners against servers that die: never too many, never twice, never one's own,
//! and all of it gets done.
//!
//! `SAYSO_STRESS=people,items` sets the size; `1000,10000` is the full one, which takes a while.

use crate::helpers::{Backend, Pair, Person, client, process::Process};
use reqwest::Client;
use sayso::platform::{clock::Clock, db::Db};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

const WANTED: i64 = 3;
const KILLS: usize = 3;

fn size() -> (usize, i64) {
    let size = std::env::var("SAYSO_STRESS").unwrap_or_else(|_| "12,60".to_owned());
    let (people, items) = size.split_once(',').expect("SAYSO_STRESS is people,items");
    (people.parse().unwrap(), items.parse().unwrap())
}

/// A batch of items, each spoken by one of the people, as if they had been recorded long ago.
async fn stage(db: &Db, admin: &Person, items: i64) -> String {
    let new = json!({ "name": "Stress", "language": "en", "licence": "CC0-1.0", "phrases": ["Alexa"],
        "consent_text": crate::helpers::scene::CONSENT });
    let project = crate::helpers::id(&admin.post("/api/v1/projects", new).await.expect(201));
    // Ten seconds is the shortest lease: what is abandoned must come round again within the test.
    let new = json!({ "name": "Hear", "kind": "judge", "pay_cents": 3, "answers_wanted": WANTED, "answers_max": WANTED,
        "lease_s": 10, "gold_rate": 0.0, "accept_after_s": 0 });
    let batch = crate::helpers::id(&admin.post(&format!("/api/v1/projects/{project}/batches"), new).await.expect(201));
    let mut tx = db.begin().await.unwrap();
    tx.exec(
        "/*lite: with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < $2)*/
         insert into items (id, batch_id, phrase, hint, sensitivity, clip_id, created_us)
         select '01900000-0000-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, $1, 'Alexa', '', 0,
           '01900000-0001-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, n
         from /*pg: generate_series(1, $2) as n*//*lite: numbers*/",
        (batch.as_str(), items),
    )
    .await
    .unwrap();
    tx.exec(
        "insert into queue (item_id, batch_id, lane, rank, sensitivity, speaker_id, clip_id, target, answers, leases, open)
         select i.id, i.batch_id, 0, i.created_us, 0, p.id, i.clip_id, $1, 0, 0, 1 from items i
         join (select id, row_number() over (order by id) - 1 as place, count(*) over () as people from people) as p
           on p.place = i.created_us % p.people",
        (WANTED,),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    admin.post(&format!("/api/v1/batches/{batch}/state"), json!({ "state": "open" })).await.expect(200);
    batch
}

/// One of the crowd.
struct Worker {
    http: Client,
    person: Person,
    number: usize,
    sites: watch::Receiver<Vec<String>>,
    batch: String,
    answered: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
}

impl Worker {
    /// The reply; `None` when the server died meanwhile, or when this client hung up first.
    async fn post(&self, turn: u64, path: &str, body: &Value) -> Option<(u16, Value)> {
        let url = {
            let sites = self.sites.borrow();
            format!("{}{path}", sites[(self.number + turn as usize) % sites.len()])
        };
        let request = self.http.post(url).bearer_auth(&self.person.token).json(body).send();
        let reply = if turn % 11 == 5 {
            // Hangs up in the middle of whatever the server is doing.
            tokio::time::timeout(Duration::from_millis(turn % 7), request).await.ok()?.ok()?
        } else {
            request.await.ok()?
        };
        let status = reply.status().as_u16();
        Some((status, reply.json().await.unwrap_or(Value::Null)))
    }

    async fn work(self) -> BTreeSet<String> {
        let mut finished = BTreeSet::new();
        let mut pause = tokio::time::interval(Duration::from_millis(20));
        // What it keeps and does nothing about.
        let mut held: Vec<String> = Vec::new();
        for turn in 0.. {
            if self.done.load(Ordering::Relaxed) {
                break;
            }
            let wish = json!({ "batch": self.batch, "count": 1 + turn % 3, "held": held });
            let reply = match self.post(turn, "/api/v1/tasks/next", &wish).await {
                Some((200, reply)) => reply,
                other => {
                    if other.is_some_and(|(status, _)| status == 409) {
                        held.clear();
                    }
                    pause.tick().await;
                    continue;
                }
            };
            let tasks = reply["tasks"].as_array().cloned().unwrap_or_else(|| vec![reply]);
            for (place, task) in tasks.iter().enumerate() {
                let id = task["id"].as_str().unwrap().to_owned();
                let turn = turn * 3 + place as u64 + self.number as u64;
                match turn % 20 {
                    // It must go to somebody else in the end.
                    0 => held.push(id),
                    1 | 2 => drop(self.post(turn, &format!("/api/v1/tasks/{id}/skip"), &json!({})).await),
                    _ => {
                        let body = json!({ "label": "yes", "duration_ms": 1_000 });
                        let answered = self.post(turn, &format!("/api/v1/tasks/{id}/answer"), &body).await;
                        if answered.is_some_and(|(status, _)| status == 200) && finished.insert(id) {
                            self.answered.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            }
        }
        finished
    }
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    db.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
}

/// What must hold at every moment that anybody looks.
async fn check(db: &Db) {
    let over = number(db, "select count(*) from queue where answers + leases > target").await;
    assert_eq!(over, 0, "more answers and leases than wanted");
    let wrong = number(
        db,
        "select count(*) from queue q
         left join (select item_id, sum(case when state = 'leased' then 1 else 0 end) as leases,
             sum(case when state = 'submitted' then 1 else 0 end) as answers
           from tasks group by item_id) t on t.item_id = q.item_id
         where q.leases <> coalesce(t.leases, 0) or q.answers <> coalesce(t.answers, 0)",
    )
    .await;
    assert_eq!(wrong, 0, "the queue counts other than there is");
    let mut tx = db.read().await.unwrap();
    let leases: Vec<(String, i64)> =
        tx.all("select person_id, expires_us from tasks where state = 'leased'", ()).await.unwrap();
    // A lease that has run out counts for nobody, though nobody has cleared it away yet.
    let now_us = Clock::system().now_us();
    let mut held = BTreeMap::new();
    for (person, _) in leases.into_iter().filter(|(_, expires_us)| *expires_us > now_us) {
        *held.entry(person).or_insert(0) += 1;
    }
    assert!(held.values().all(|held| *held <= 3), "somebody holds more than three");
}

async fn endures(pair: Pair, servers: usize) {
    let backend = Backend::fresh(pair);
    let mut running = vec![Process::start(&backend, &["serve"]).await];
    let link = running[0].setup_link.clone().expect("a first start prints a link");
    let admin =
        Person::sign_up(&running[0].url, &client(), "Ada Admin", link.split_once("token=").map(|(_, t)| t)).await;
    for _ in 1..servers {
        running.push(Process::start(&backend, &["serve"]).await);
    }
    let (people, items) = size();
    let mut crowd = Vec::new();
    for n in 0..people {
        let http = client();
        crowd.push((Person::sign_up(&running[0].url, &http, &format!("Person {n}"), None).await, http));
    }
    let db = Db::open(&backend.database_url).await.unwrap();
    let batch = stage(&db, &admin, items).await;
    let (moved, sites) = watch::channel(running.iter().map(|process| process.url.clone()).collect::<Vec<_>>());
    let (answered, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let crowd: Vec<_> = crowd
        .into_iter()
        .enumerate()
        .map(|(number, (person, http))| {
            let (sites, batch) = (sites.clone(), batch.clone());
            let worker = Worker { http, person, number, sites, batch, answered: answered.clone(), done: done.clone() };
            tokio::spawn(worker.work())
        })
        .collect();
    let goal = u64::try_from(items * WANTED).unwrap();
    let mut every = tokio::time::interval(Duration::from_millis(100));
    let begun = tokio::time::Instant::now();
    let mut kills = 0;
    while number(&db, "select count(*) from queue where answers < target").await > 0 {
        every.tick().await;
        check(&db).await;
        assert!(begun.elapsed() < Duration::from_secs(120 + goal / 20), "not everything gets done");
        if kills < KILLS && answered.load(Ordering::Relaxed) > goal * (kills as u64 + 1) / 5 {
            let at = kills % servers;
            running.remove(at).kill();
            running.insert(at, Process::start(&backend, &["serve"]).await);
            moved.send(running.iter().map(|process| process.url.clone()).collect()).unwrap();
            kills += 1;
        }
    }
    done.store(true, Ordering::Relaxed);
    let mut finished = BTreeSet::new();
    for worker in crowd {
        finished.extend(worker.await.unwrap());
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{people} people, {items} items, {servers} servers: {kills} kills, {goal} answers in {seconds:.1} s");
    assert_eq!(kills, KILLS);
    whole(&db, &finished, items).await;
    running.into_iter().for_each(Process::kill);
}

async fn whole(db: &Db, finished: &BTreeSet<String>, items: i64) {
    check(db).await;
    assert_eq!(number(db, "select count(*) from answers").await, items * WANTED);
    let twice = "select count(*) from (select item_id from tasks group by person_id, item_id having count(*) > 1) as t";
    assert_eq!(number(db, twice).await, 0, "somebody was given an item twice");
    let own = "select count(*) from tasks t join queue q on q.item_id = t.item_id where q.speaker_id = t.person_id";
    assert_eq!(number(db, own).await, 0, "somebody was given their own clip");
    assert!(number(db, "select count(*) from tasks where state = 'expired'").await > 0, "no lease was abandoned");
    let mut tx = db.read().await.unwrap();
    let stored: Vec<(String,)> = tx.all("select task_id from answers", ()).await.unwrap();
    let stored: BTreeSet<String> = stored.into_iter().map(|(task,)| task).collect();
    assert!(finished.is_subset(&stored), "an acknowledged answer is missing");
    let paid = "select count(*) from ledger_entries where kind = 'pend'";
    assert_eq!(number(db, paid).await, items * WANTED, "each answer is noted once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rude_crowd_and_a_dying_server_break_nothing_on_sqlite() {
    endures(Pair::LiteFolder, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rude_crowd_and_dying_servers_break_nothing_on_one_postgres() {
    endures(Pair::PgS3, 2).await;
}
