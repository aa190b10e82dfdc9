//! A finished dataset at once, the same on every store: people, synthetic clips, answers, verdicts.
//!
//! What rooms do one by one is written into the tables directly, with fixed ids, so that two stores
//! can hold the very same rows and hundreds of clips cost a second.

use audio::{mel, synth, wav};
use bytes::Bytes;
use sayso::platform::{db::Tx, site::Site};
use serde_json::{Value, json};

use super::{START_US, TestApp};

/// What the crowd says.
pub const PHRASES: [&str; 3] = ["Alexa", "Computer", "Hey Sayso"];

/// The only project.
pub const PROJECT: &str = "01900001-0000-7000-8000-000000000001";

/// Key of pseudonyms, for releases that are to be the same: it gives each split some speakers.
pub const KEY: &str = "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a";

const BATCH: &str = "01900001-0000-7000-8000-000000000002";
const RATE_HZ: u32 = 24_000;
const JUDGES: usize = 9;

/// An id of the `n`th thing of a kind.
pub fn id(kind: char, n: usize) -> String {
    format!("0190000{kind}-0000-7000-8000-{n:012}")
}

/// Speaker `n`.
pub fn speaker(n: usize) -> String {
    id('a', n)
}

/// A number from 0 to `below - 1` that looks random.
fn draw(what: &str, n: usize, below: usize) -> usize {
    let digest = super::people::sha256_hex(format!("{what} {n}").as_bytes());
    usize::from_str_radix(&digest[..8], 16).unwrap() % below
}

/// What the project tells about itself.
pub fn about() -> Value {
    json!({
        "description": "Three phrases, spoken by a program in many voices.",
        "creator": "The testers",
        "url": "https://data.example.org/words",
        "annotator_demographics": "There were no annotators; the answers are made up.",
        "biases": ["All voices come from one synthesiser."],
        "maintenance": "The testers look after it as long as the tests run.",
        "suitable_uses": ["Trying out tools."],
    })
}

/// Fills an empty site: each of `speakers` says each phrase `takes` times; three answers on each clip.
pub async fn settle(app: &TestApp, speakers: usize, takes: usize) {
    let site = app.site();
    let mut tx = site.db.begin().await.unwrap();
    project(&mut tx).await;
    for n in 0..speakers {
        consent(&mut tx, n, 1).await;
    }
    tx.commit().await.unwrap();
    for n in 0..speakers * PHRASES.len() * takes {
        let made = tokio::task::spawn_blocking(move || sound(n, speakers)).await.unwrap();
        clip(site, n, speakers, made).await;
    }
}

async fn project(tx: &mut Tx) {
    let phrases = serde_json::to_string(&PHRASES).unwrap();
    tx.exec(
        "insert into projects (id, name, language, licence, currency, phrases, policy, created_us)
         values ($1, 'Synthetic words', 'en-GB', 'CC-BY-4.0', 'EUR', $2, '{}', $3)",
        (PROJECT, phrases, START_US),
    )
    .await
    .unwrap();
    tx.exec(
        "insert into consent_texts (project_id, version, title, body, sha256, created_us)
         values ($1, 1, 'Synthetic words', $2, 'c0ffee', $3)",
        (PROJECT, super::scene::CONSENT, START_US),
    )
    .await
    .unwrap();
    tx.exec(
        "insert into batches (id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold, gold_ppm,
           max_per_person, lease_s, accept_after_s, sensitivity, created_us)
         values ($1, $2, 'Hear', 'judge', 'open', 1, 3, 3, 0.5, 0, 0, 600, 0, 0, $3)",
        (BATCH, PROJECT, START_US),
    )
    .await
    .unwrap();
    tx.exec(
        "insert into release_abouts (project_id, about, at_us) values ($1, $2, $3)",
        (PROJECT, about().to_string(), START_US),
    )
    .await
    .unwrap();
}

/// Notes that speaker `n` agrees (1) or takes the consent back (0).
pub async fn consent(tx: &mut Tx, n: usize, given: i64) {
    let at_us = START_US + 1 - given;
    let event = sayso::platform::ids::new_uuid().to_string();
    tx.exec(
        "insert into consents (id, person_id, project_id, version, given, at_us) values ($1, $2, $3, 1, $4, $5)",
        (event, speaker(n), PROJECT, given, at_us),
    )
    .await
    .unwrap();
}

/// The first `speakers` say things about themselves, some rare and some not.
pub async fn describe(app: &TestApp, speakers: usize) {
    let mut tx = app.site().db.begin().await.unwrap();
    for n in 0..speakers {
        tx.exec(
            "insert into people (id, email, name, password_hash, role, created_us) values ($1, $1, $1, '', 'contributor', $2)",
            (speaker(n), START_US),
        )
        .await
        .unwrap();
        let age = ["teens", "twenties", "thirties", "fourties", "nineties"][draw("age", n, 5)];
        let gender = ["female_feminine", "male_masculine"][draw("gender", n, 2)];
        let accent = (draw("accent", n, 4) == 0).then_some("Scottish");
        tx.exec(
            "insert into profiles (person_id, age, gender, accent, updated_us) values ($1, $2, $3, $4, $5)",
            (speaker(n), (n % 7 != 0).then_some(age), gender, accent, START_US),
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// A clip's file, its report and its features.
struct Made {
    wav: Bytes,
    report: String,
    features: Vec<(String, i64, i64, Bytes)>,
}

fn sound(n: usize, speakers: usize) -> Made {
    let (who, phrase) = (n % speakers, PHRASES[n / speakers % PHRASES.len()]);
    let of = |what: &str, range: f64| draw(what, who, 1000) as f64 / 1000.0 * range;
    let voice = synth::Voice::new(95.0 + of("pitch", 160.0), 1.0 + of("tract", 0.25), 0.9 + of("rate", 0.3));
    let word = synth::speech(n as u64, phrase, &voice, RATE_HZ);
    let noise_dbfs = -66.0 + draw("noise", n, 20) as f64;
    let wav = wav::encode_pcm16(&synth::scene(&word, 250, 250, noise_dbfs, n as u64, RATE_HZ), RATE_HZ);
    let clip = wav::decode(&wav, &wav::Limits::default()).unwrap();
    let report = serde_json::to_string(&audio::measure(&clip, &audio::Policy::default())).unwrap();
    let samples = audio::resample::to_16k(&clip.samples, clip.rate_hz);
    let features = [mel::log_mel(&samples), mel::mfcc(&samples)].map(|matrix| {
        let bytes: Vec<u8> = matrix.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        (matrix.spec.to_string(), matrix.rows as i64, matrix.frames as i64, Bytes::from(bytes))
    });
    Made { wav: Bytes::from(wav), report, features: features.to_vec() }
}

async fn clip(site: &Site, n: usize, speakers: usize, made: Made) {
    let (clip, item, phrase) = (id('c', n), id('d', n), PHRASES[n / speakers % PHRASES.len()]);
    let size = made.wav.len() as i64;
    let sha256 = site.blobs.put(made.wav).await.unwrap();
    let mut features = Vec::new();
    for (spec, rows, frames, bytes) in made.features {
        features.push((spec, rows, frames, site.blobs.put(bytes).await.unwrap()));
    }
    let mut tx = site.db.begin().await.unwrap();
    tx.exec(
        "insert into clips (id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, accepted, sha256, size_bytes,
           content_type, declared, settings, report, synthetic, created_us, uploaded_us, verified_us)
         values ($1, $1, $2, 'none', $3, $4, $5, 'verified', 1, $6, $7, 'audio/wav', '{}', $8, $9, 1, $10, $10, $10)",
        (
            clip.as_str(),
            id('e', n),
            PROJECT,
            speaker(n % speakers),
            phrase,
            sha256,
            size,
            r#"{"echo_cancellation":false}"#,
            made.report,
            START_US + n as i64,
        ),
    )
    .await
    .unwrap();
    for (spec, rows, frames, blob) in features {
        tx.exec(
            "insert into clip_features (clip_id, spec, coefficients, frames, blob_sha256) values ($1, $2, $3, $4, $5)",
            (clip.as_str(), spec, rows, frames, blob),
        )
        .await
        .unwrap();
    }
    tx.exec(
        "insert into items (id, batch_id, phrase, hint, sensitivity, clip_id, created_us) values ($1, $2, $3, '', 0, $4, $5)",
        (item.as_str(), BATCH, phrase, clip.as_str(), START_US),
    )
    .await
    .unwrap();
    judge(&mut tx, n, &clip, &item).await;
    tx.commit().await.unwrap();
}

async fn judge(tx: &mut Tx, n: usize, clip: &str, item: &str) {
    let mut yes = 0;
    for place in 0..3 {
        let label = match draw("doubt", 3 * n + place, 20) {
            0 if place == 2 => "no",
            1 if place == 2 => "unsure",
            _ => "yes",
        };
        yes += i32::from(label == "yes") - i32::from(label == "no");
        tx.exec(
            "insert into answers (id, task_id, item_id, batch_id, person_id, label, reason, duration_ms, body_sha256, at_us)
             values ($1, $1, $2, $3, $4, $5, $6, $7, '', $8)",
            (
                id('f', 3 * n + place),
                item,
                BATCH,
                id('b', (n + 2 * place) % JUDGES),
                label,
                (label == "no").then_some("=noise"),
                1_500 + draw("time", 3 * n + place, 4_000) as i64,
                START_US,
            ),
        )
        .await
        .unwrap();
    }
    let odds = 9f64.powi(yes);
    tx.exec(
        "insert into verdicts (item_id, batch_id, clip_id, state, label, probability, answers, method, at_us)
         values ($1, $2, $3, 'settled', 'yes', $4, 3, 'one-coin', $5)",
        (item, BATCH, clip, odds / (1.0 + odds), START_US),
    )
    .await
    .unwrap();
}

/// Asks for a release with the fixed key, of a server that runs no jobs, and takes the first step:
/// the rows are frozen.
pub async fn frozen(app: &TestApp, admin: &super::Person, new: Value) -> String {
    let path = format!("/api/v1/projects/{PROJECT}/releases");
    let release = super::id(&admin.post(&path, new).await.expect(202));
    let mut tx = app.site().db.begin().await.unwrap();
    tx.exec("update releases set pseudonym_key = $1 where id = $2", (KEY, release.as_str())).await.unwrap();
    tx.commit().await.unwrap();
    step(app).await;
    release
}

/// Runs one job that is due; false when there is none. A build that failed on a store too busy to answer
/// is tried again when its time has come, which it does not here unless the clock is moved.
pub async fn step(app: &TestApp) -> bool {
    let mut tx = app.site().db.read().await.unwrap();
    let (next_us,): (Option<i64>,) =
        tx.one("select min(run_at_us) from jobs where kind = 'build_release' and state = 'ready'", ()).await.unwrap();
    drop(tx);
    app.clock.advance_us(next_us.map_or(0, |next_us| (next_us - app.clock.now_us()).max(0)));
    sayso::platform::worker::run_one(app.site(), &sayso::schedule::schedule()).await.unwrap()
}

/// Runs all that is due.
pub async fn finish(app: &TestApp) {
    while step(app).await {}
}
