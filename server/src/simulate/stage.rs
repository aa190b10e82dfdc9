//! What the simulated people meet: a site with one project, its recordings, its gold and accounts.

use super::crowd::Question;
use super::dice::Dice;
use super::{Options, demographics};
use crate::accounts::{self, NewAccount};
use crate::batches::{self, Batch, BatchState, GoldRow, NewBatch, NewProject, ProjectId, Prompt};
use crate::media::{self, synthetic};
use crate::platform::{
    ids::{PersonId, new_uuid, sha256_hex},
    once::Once,
    problem::Problem,
    site::Site,
    worker,
};
use crate::schedule::schedule;
use audio::synth::{self, Voice};
use std::collections::BTreeMap;
use wire::Kind;

/// The wake words; a recording that is wrong holds another one.
const PHRASES: [&str; 3] = ["Alexa", "Computer", "Hey Sayso"];
const CONSENT: &str = "This is a simulation. The recordings in it were made by a machine, and machines judge them.";
/// Recordings that differ in sound: as many clips as are wanted share them.
const TAKES: usize = 6;
const RATE_HZ: u32 = 16_000;

/// A site that is ready for work.
pub struct Stage {
    /// Who runs it.
    pub admin: PersonId,
    /// The judging batch.
    pub judge: Batch,
    /// Whose accounts.
    pub people: Vec<PersonId>,
    /// By clip: what is asked about it.
    pub questions: BTreeMap<String, Question>,
    /// Clips that are work; all others are gold.
    pub work: Vec<String>,
}

/// Fills an empty site.
///
/// # Errors
/// When the site fails, or a setting of the batch cannot be used.
pub async fn set(site: &Site, options: &Options, dice: &mut Dice) -> Result<Stage, Problem> {
    let (admin, people) = people(site, options).await?;
    let (record, judge) = batches(site, admin, options).await?;
    let mut stage = Stage { admin, judge, people, questions: BTreeMap::new(), work: Vec::new() };
    let gold = record_all(site, &mut stage, &record, options, dice).await?;
    let rows: Vec<GoldRow> = gold.iter().map(|clip| gold_row(clip, stage.questions[clip].truth)).collect();
    media::gold::import_now(site, admin, &stage.judge.id.to_string(), &rows, &Once::default()).await?;
    Ok(stage)
}

/// Who runs the site, and the crowd, who say about themselves what crowds say.
///
/// # Errors
/// When the site fails.
pub async fn people(site: &Site, options: &Options) -> Result<(PersonId, Vec<PersonId>), Problem> {
    let admin = sign_up(site, "admin", accounts::setup_token(site).await?).await?;
    let mut dice = Dice(options.seed).fork(2);
    let mut people = Vec::with_capacity(options.mix().people);
    for n in 0..options.mix().people {
        let person = sign_up(site, &format!("person{n}"), None).await?;
        accounts::set_profile(site, person, demographics::profile(n, &mut dice)).await?;
        people.push(person);
    }
    Ok((admin, people))
}

async fn sign_up(site: &Site, name: &str, setup_token: Option<String>) -> Result<PersonId, Problem> {
    let new = NewAccount {
        email: format!("{name}@example.org"),
        password: sha256_hex(new_uuid().as_bytes()),
        name: name.to_owned(),
        setup_token,
    };
    Ok(accounts::sign_up(site, new).await?.id)
}

/// A project without batches.
///
/// # Errors
/// When the site fails.
pub async fn project(site: &Site, admin: PersonId) -> Result<ProjectId, Problem> {
    let new = NewProject {
        name: "Simulation".to_owned(),
        language: "en".to_owned(),
        licence: "CC0-1.0".to_owned(),
        currency: None,
        phrases: PHRASES.map(str::to_owned).to_vec(),
        consent_text: CONSENT.to_owned(),
        policy: None,
        sensitivity: None,
        categories: Vec::new(),
    };
    Ok(batches::create_project(site, admin, &new, &Once::default()).await?.id)
}

async fn batches(site: &Site, admin: PersonId, options: &Options) -> Result<(Batch, Batch), Problem> {
    let project = project(site, admin).await?;
    let batch = |name: &str, kind| NewBatch {
        name: name.to_owned(),
        kind,
        pay_cents: options.pay_cents,
        answers_wanted: if kind == Kind::Judge { options.answers } else { 1 },
        answers_max: (kind == Kind::Judge).then_some(options.answers_max()),
        threshold: None,
        gold_rate: (kind == Kind::Judge).then_some(options.gold),
        max_per_person: None,
        lease_s: None,
        accept_after_s: Some(0),
        sensitivity: None,
        budget_cents: None,
        categories: Vec::new(),
    };
    let record = batches::create_batch(site, admin, project, &batch("Say it", Kind::Record), &Once::default()).await?;
    let judge = batches::create_batch(site, admin, project, &batch("Hear it", Kind::Judge), &Once::default()).await?;
    batches::set_state(site, admin, judge.id, BatchState::Open).await?;
    // Opening gives every clip that there is its item; here gold is gold only, and comes later.
    worker::drain(site, &schedule()).await?;
    let judge = Batch { state: BatchState::Open.as_str().to_owned(), ..judge };
    Ok((record, judge))
}

/// Everybody records in turn; gives the clips that are to become gold.
async fn record_all(
    site: &Site,
    stage: &mut Stage,
    record: &Batch,
    options: &Options,
    dice: &mut Dice,
) -> Result<Vec<String>, Problem> {
    let mut takes = Vec::with_capacity(TAKES);
    for (n, voice) in Voice::ALL.iter().cycle().take(TAKES).enumerate() {
        let seed = n as u64;
        let speech = synth::speech(seed, PHRASES[n % PHRASES.len()], voice, RATE_HZ);
        let samples = synth::scene(&speech, 350, 350, -62.0, seed, RATE_HZ);
        takes.push(synthetic::prepare(site, &samples, RATE_HZ).await?);
    }
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let mut prompts = Vec::with_capacity(PHRASES.len());
    for phrase in PHRASES {
        let prompt = Prompt {
            line: 0,
            phrase: phrase.to_owned(),
            hint: String::new(),
            count: None,
            sensitivity: None,
            categories: None,
        };
        prompts.push(batches::add_prompt(&mut tx, record, &prompt, now_us).await?);
    }
    let mut gold = Vec::with_capacity(options.gold_items);
    for n in 0..options.items + options.gold_items {
        let take = &takes[n % TAKES];
        let (prompt, speaker) = (&prompts[n % PHRASES.len()], stage.people[n % stage.people.len()]);
        let clip = synthetic::add(&mut tx, take, record, prompt, speaker, now_us).await?;
        let question = Question::draw(dice, options.yes, options.spread, take.length_ms);
        stage.questions.insert(clip.id.to_string(), question);
        if n < options.items {
            media::open_judging(&mut tx, &stage.judge, &clip, now_us).await?;
            stage.work.push(clip.id.to_string());
        } else {
            gold.push(clip.id.to_string());
        }
    }
    tx.commit().await?;
    Ok(gold)
}

fn gold_row(clip: &str, yes: bool) -> GoldRow {
    let (label, reason) = if yes { ("yes", None) } else { ("no", Some("wrong_word".to_owned())) };
    GoldRow { line: 0, recording: clip.to_owned(), phrase: String::new(), label: label.to_owned(), reason }
}
