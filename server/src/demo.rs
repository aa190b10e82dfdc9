//! `sayso demo`: a throw-away instance in which every page has something to show.
//!
//! Everything goes through the same rooms as real work: people are signed up, consent, record
//! synthetic speech (marked so for ever), judge with varied skill, and a release is built.

use crate::accounts::{self, NewAccount, Profile};
use crate::answers;
use crate::batches::{self, Batch, BatchState, GoldRow, NewBatch, NewProject, Project, Prompt};
use crate::config::Config;
use crate::consent;
use crate::demo_training;
use crate::exports;
use crate::media;
use crate::platform::{
    caller::Role,
    ids::{PersonId, new_uuid, sha256_hex},
    once::Once,
    problem::Problem,
    signed_url::Grant,
    site::Site,
    worker,
};
use crate::quotas::{self, Cell, Dimension};
use crate::schedule::schedule;
use crate::simulate::{crowd::Given, dice::Dice, drive};
use crate::tasks;
use audio::synth::{self, Voice};
use bytes::Bytes;
use dataset::About;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};
use wire::{CaptureSettings, Declaration, Kind};

const PHRASES: [&str; 3] = ["Alexa", "Computer", "Hey Sayso"];
const PASSWORD: &str = "sayso demo password";
const CONSENT: &str = "This is a demonstration. The recordings in it were made by a machine, no real person speaks.\n\n\
    A real project says here who collects the recordings, what they are for, under which licence they are \
    published, and whom to ask.";
const RATE_HZ: u32 = 48_000;
/// Who records and judges; the rates at which they err.
const CONTRIBUTORS: [(&str, f64); 5] = [("Ana", 0.02), ("Ben", 0.05), ("Chi", 0.05), ("Dan", 0.1), ("Eva", 0.3)];
/// Who only records: enough for a release with speakers in each split, and for a model to learn from.
const SPEAKERS: [&str; 8] = ["Fay", "Gil", "Hui", "Ida", "Jon", "Kim", "Leo", "Mia"];
/// Recordings of each prompt that are wanted: somebody who signs up finds some left to make.
const RECORDINGS_WANTED: i64 = 15;

/// A folder that nothing else uses.
///
/// # Errors
/// When it cannot be made.
pub fn folder() -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("sayso-demo-{}", new_uuid()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The given settings, with everything stored in `folder`.
pub fn config(given: &Config, folder: &Path) -> Config {
    Config { data_dir: folder.to_owned(), database_url: None, store_url: None, ..given.clone() }
}

/// The people of the demo.
struct People {
    admin: PersonId,
    contributors: Vec<PersonId>,
    speakers: Vec<PersonId>,
}

impl People {
    /// Everybody who records, each with a voice.
    fn voices(&self) -> impl Iterator<Item = (PersonId, Voice)> {
        let others = (0u8..)
            .map(f64::from)
            .map(|n| Voice::new(100.0 + 21.0 * n, 1.0 + 0.04 * (n * 3.0 % 8.0), 0.92 + 0.04 * (n * 5.0 % 8.0)));
        let voices = Voice::ALL.into_iter().chain(others);
        self.contributors.iter().chain(&self.speakers).copied().zip(voices)
    }
}

/// Fills an empty site and returns who can log in, in words.
///
/// # Errors
/// When the site fails.
pub async fn fill(site: &Site) -> Result<String, Problem> {
    let people = people(site).await?;
    let (project, record, judge) = project(site, &people).await?;
    let said = record_all(site, &people, &project, &record).await?;
    worker::drain(site, &schedule()).await?;
    cover(site, people.admin, &record).await?;
    gold(site, &people, &judge, &said).await?;
    demo_training::teach(site, people.admin, judge.id).await?;
    judge_all(site, &people, &judge, &said).await?;
    worker::drain(site, &schedule()).await?;
    exports::about::set(site, people.admin, project.id, &about()).await?;
    exports::request(
        site,
        Some(people.admin),
        project.id,
        &exports::NewRelease { version: "1.0.0".to_owned(), ..exports::NewRelease::default() },
        &Once::default(),
    )
    .await?;
    worker::drain(site, &schedule()).await?;
    let line = |name: &str| format!("  {name}@example.org");
    let names = ["admin", "reviewer", "researcher"].into_iter().chain(CONTRIBUTORS.iter().map(|(name, _)| *name));
    let names = names.map(|name| line(&name.to_lowercase())).collect::<Vec<_>>().join("\n");
    Ok(format!("Log in with the password “{PASSWORD}” as\n{names}\n"))
}

/// What a release must say and only people can tell.
fn about() -> About {
    let sentence = |text: &str| vec![text.to_owned()];
    About {
        description: "Three wake words, spoken by a speech synthesiser in several voices, for trying out Sayso."
            .to_owned(),
        creator: "The demonstration of Sayso".to_owned(),
        url: "https://example.org/demo-wake-words".to_owned(),
        motivation: "To show what a release of Sayso holds and says.".to_owned(),
        suitable_uses: sentence("Trying out tools that load datasets."),
        unsuitable_uses: sentence("Judging how well a model hears people: nobody speaks in it."),
        annotator_demographics:
            "A program made the answers up, each of its five listeners with an error rate of its own.".to_owned(),
        biases: sentence("All voices come from one synthesiser."),
        maintenance: "Nobody looks after it: it is forgotten when the demonstration ends.".to_owned(),
        ..About::default()
    }
}

async fn people(site: &Site) -> Result<People, Problem> {
    let token = accounts::setup_token(site).await?;
    let new = |name: &str, setup_token: Option<String>| NewAccount {
        email: format!("{}@example.org", name.to_lowercase()),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        setup_token,
    };
    let admin = accounts::sign_up(site, new("Admin", token)).await?.id;
    for (name, role) in [("Reviewer", Role::Reviewer), ("Researcher", Role::Researcher)] {
        let person = accounts::sign_up(site, new(name, None)).await?;
        accounts::set_role(site, admin, person.id, role).await?;
    }
    let mut ids = Vec::new();
    for name in CONTRIBUTORS.iter().map(|(name, _)| *name).chain(SPEAKERS) {
        let id = accounts::sign_up(site, new(name, None)).await?.id;
        let profile = Profile { age: Some("twenties".to_owned()), ..Profile::default() };
        accounts::set_profile(site, id, profile).await?;
        ids.push(id);
    }
    let speakers = ids.split_off(CONTRIBUTORS.len());
    Ok(People { admin, contributors: ids, speakers })
}

async fn project(site: &Site, people: &People) -> Result<(Project, Batch, Batch), Problem> {
    let new = NewProject {
        name: "Demo wake words".to_owned(),
        language: "en".to_owned(),
        licence: "CC-BY-4.0".to_owned(),
        currency: None,
        phrases: PHRASES.map(str::to_owned).to_vec(),
        consent_text: CONSENT.to_owned(),
        policy: None,
        sensitivity: None,
        categories: Vec::new(),
    };
    let project = batches::create_project(site, people.admin, &new, &Once::default()).await?;
    let batch = |name: &str, kind, pay_cents, answers_wanted| NewBatch {
        name: name.to_owned(),
        kind,
        pay_cents,
        answers_wanted,
        answers_max: (kind == Kind::Judge).then_some(3),
        threshold: None,
        gold_rate: (kind == Kind::Judge).then_some(0.2),
        max_per_person: None,
        lease_s: None,
        accept_after_s: Some(0),
        sensitivity: None,
        budget_cents: None,
        categories: Vec::new(),
    };
    let record = batches::create_batch(
        site,
        people.admin,
        project.id,
        &batch("Say it", Kind::Record, 12, RECORDINGS_WANTED),
        &Once::default(),
    )
    .await?;
    let judge =
        batches::create_batch(site, people.admin, project.id, &batch("Hear it", Kind::Judge, 4, 2), &Once::default())
            .await?;
    prompts(site, people.admin, &record, &["calmly", "as from another room", "as if in a hurry"]).await?;
    let record = batches::set_state(site, people.admin, record.id, BatchState::Open).await?;
    let judge = batches::set_state(site, people.admin, judge.id, BatchState::Open).await?;
    let mut tx = site.db.begin().await?;
    for (person, _) in people.voices() {
        consent::give(&mut tx, person, project.id, 1, site.now_us()).await?;
    }
    tx.commit().await?;
    Ok((project, record, judge))
}

/// Asks for every phrase in each of these manners.
async fn prompts(site: &Site, admin: PersonId, record: &Batch, manners: &[&str]) -> Result<(), Problem> {
    let prompts: Vec<Prompt> = manners
        .iter()
        .flat_map(|manner| PHRASES.map(|phrase| (phrase, manner)))
        .map(|(phrase, manner)| Prompt {
            line: 0,
            phrase: phrase.to_owned(),
            hint: format!("Say it {manner}."),
            count: None,
            sensitivity: None,
            categories: None,
        })
        .collect();
    tasks::import_handlers::import_now(site, admin, &record.id.to_string(), &prompts, &Once::default()).await?;
    Ok(())
}

/// More prompts for whoever comes, and targets: of some ages there are enough, others are missing.
async fn cover(site: &Site, admin: PersonId, record: &Batch) -> Result<(), Problem> {
    prompts(site, admin, record, &["softly", "as if half asleep"]).await?;
    let cell = |(age, target): (&str, i64)| {
        (0, Cell { phrase: String::new(), dimension: Dimension::Age, value: age.to_owned(), target })
    };
    let cells = [("teens", 6), ("twenties", 45), ("sixties", 6)].map(cell);
    quotas::set_cells(site, admin, record.id, cells.into(), true).await
}

/// Clip id → the phrase that it really holds.
type Said = HashMap<String, String>;

/// Everybody records every prompt; the last contributor sometimes says another word.
async fn record_all(site: &Site, people: &People, project: &Project, batch: &Batch) -> Result<Said, Problem> {
    let mut said = Said::new();
    let mut dice = Dice(7);
    for (n, (person, voice)) in people.voices().enumerate() {
        let mut seed = n as u64 * 1000;
        while let Some(task) = drive::next(site, person, batch).await? {
            seed += 1;
            let slip = n + 1 == people.contributors.len() && dice.chance(0.4);
            let phrase = if slip {
                PHRASES.iter().find(|other| **other != task.phrase).unwrap_or(&"Alexa").to_string()
            } else {
                task.phrase.clone()
            };
            let id = record_one(site, person, &task.id, &phrase, &voice, seed).await?;
            said.insert(id, phrase);
        }
    }
    tracing::debug!(project = %project.id, clips = said.len(), "demo clips recorded");
    Ok(said)
}

async fn record_one(
    site: &Site,
    person: PersonId,
    task: &str,
    phrase: &str,
    voice: &Voice,
    seed: u64,
) -> Result<String, Problem> {
    let speech = synth::speech(seed, phrase, voice, RATE_HZ);
    let samples = synth::scene(&speech, 350, 350, -62.0, seed, RATE_HZ);
    let wav = audio::wav::encode_pcm16(&samples, RATE_HZ);
    let body = Declaration {
        id: new_uuid().to_string(),
        task: task.to_owned(),
        sha256: sha256_hex(&wav),
        size_bytes: i64::try_from(wav.len()).unwrap_or(i64::MAX),
        content_type: "audio/wav".to_owned(),
        report: None,
        settings: CaptureSettings { context_rate_hz: Some(RATE_HZ), ..CaptureSettings::default() },
    };
    let (id, sha256, size_bytes) = (body.id.clone(), body.sha256.clone(), body.size_bytes);
    media::declare_synthetic(site, person, body).await?;
    let expires_us = site.now_us() + 60_000_000;
    let grant = Grant { id: id.clone(), size_bytes, content_type: "audio/wav".to_owned(), sha256, expires_us };
    media::receive(site, &grant, &grant.sign(&site.secrets), "audio/wav", Bytes::from(wav)).await?;
    media::complete(site, person, id.parse().map_err(Problem::internal)?).await?;
    Ok(id)
}

/// Some of the clips become gold: as they are, and asked about with a wrong phrase.
async fn gold(site: &Site, people: &People, judge: &Batch, said: &Said) -> Result<(), Problem> {
    let mut clips: Vec<(&String, &String)> = said.iter().collect();
    clips.sort();
    let mut tx = site.db.read().await?;
    let mut rows = Vec::new();
    for (clip, phrase) in clips {
        let id = clip.parse().map_err(Problem::internal)?;
        let verified = media::find(&mut tx, id).await?.is_some_and(|clip| clip.state == "verified");
        if !verified || rows.len() == 12 {
            continue;
        }
        let planted = rows.len() % 2 == 1;
        let asked = if planted {
            PHRASES.iter().find(|other| *other != phrase).unwrap_or(&"Alexa").to_string()
        } else {
            phrase.clone()
        };
        let (label, reason) = if planted { ("no", Some("wrong_word".to_owned())) } else { ("yes", None) };
        rows.push(GoldRow { line: 0, recording: clip.clone(), phrase: asked, label: label.to_owned(), reason });
    }
    drop(tx);
    media::gold::import_now(site, people.admin, &judge.id.to_string(), &rows, &Once::default()).await?;
    Ok(())
}

/// Everybody judges what there is, in turns, and errs as often as they do.
async fn judge_all(site: &Site, people: &People, judge: &Batch, said: &Said) -> Result<(), Problem> {
    let mut dice = Dice(11);
    loop {
        let mut answered = false;
        for (person, (_, errs)) in people.contributors.iter().zip(CONTRIBUTORS) {
            let Some(task) = drive::next(site, *person, judge).await? else { continue };
            let (id, clip, _) = drive::behind(site, *person, &task).await?;
            let truth = said.get(&clip) == Some(&task.phrase);
            let yes = if dice.chance(errs) { !truth } else { truth };
            #[expect(clippy::cast_possible_truncation, reason = "some seconds")]
            let duration_ms = 1_500 + (dice.roll() * 4_000.0) as i64;
            let body = drive::body(Given { yes, duration_ms });
            answers::accept(site, *person, id, &body).await?;
            answered = true;
        }
        // Verdicts may ask for one more answer.
        worker::drain(site, &schedule()).await?;
        if !answered {
            return Ok(());
        }
    }
}
