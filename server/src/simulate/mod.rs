//! `sayso simulate`: people of known character work on a throw-away site, by the rooms that serve
//! real people, and the site's decisions are compared with the truth. A seed repeats a run.

pub mod coverage;
pub mod crowd;
mod demographics;
pub mod dice;
pub mod drive;
pub mod outcome;
mod stage;

use crate::app;
use crate::config::Config;
use crate::platform::{clock::Clock, ids};
use crate::schedule::schedule;
use clap::Args;
use crowd::{Mix, crowd};
use dice::Dice;
use outcome::Outcome;
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// When every simulation begins: 2026-01-05 09:00 UTC, a Monday.
const START_US: i64 = 1_767_603_600_000_000;

/// What is simulated.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// People, those of bad character included.
    #[arg(long, default_value_t = 200)]
    pub people: usize,
    /// Recordings to judge.
    #[arg(long, default_value_t = 2_000)]
    pub items: usize,
    /// Answers that each recording gets at least.
    #[arg(long, default_value_t = 3)]
    pub answers: i64,
    /// Answers that an uncertain recording gets at most; two more than at least when absent.
    #[arg(long)]
    pub answers_max: Option<i64>,
    /// Of the people, how many click at once without listening.
    #[arg(long, default_value_t = 0)]
    pub spammers: usize,
    /// Of the people, how many give answers that they have agreed on.
    #[arg(long, default_value_t = 0)]
    pub colluders: usize,
    /// Of the people, how many take their time and answer at random.
    #[arg(long, default_value_t = 0)]
    pub coin_flippers: usize,
    /// How often the typical honest person is right about the typical recording.
    #[arg(long, default_value_t = 0.9)]
    pub skill: f64,
    /// How far people's skill and recordings' hardness are spread, in log-odds; 0 is not at all.
    #[arg(long, default_value_t = 0.6)]
    pub spread: f64,
    /// Share of recordings that are right.
    #[arg(long, default_value_t = 0.7)]
    pub yes: f64,
    /// Share of gold in what people are given, 0 to 0.5.
    #[arg(long, default_value_t = 0.1)]
    pub gold: f64,
    /// Recordings whose answer is known.
    #[arg(long, default_value_t = 200)]
    pub gold_items: usize,
    /// Share of people who leave for good in the middle of a task.
    #[arg(long, default_value_t = 0.05)]
    pub leaving: f64,
    /// Instead of judging, let the people record, with quotas and without: what is missing in the end
    /// of those who are rare.
    #[arg(long)]
    pub quotas: bool,
    /// Pay of one answer in cents.
    #[arg(long, default_value_t = 3)]
    pub pay_cents: i64,
    /// The same seed gives the same run.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            people: 200,
            items: 2_000,
            answers: 3,
            answers_max: None,
            spammers: 0,
            colluders: 0,
            coin_flippers: 0,
            skill: 0.9,
            spread: 0.6,
            yes: 0.7,
            gold: 0.1,
            gold_items: 200,
            leaving: 0.05,
            quotas: false,
            pay_cents: 3,
            seed: 1,
            json: false,
        }
    }
}

impl Options {
    /// Who takes part.
    pub fn mix(&self) -> Mix {
        let Self { people, spammers, colluders, coin_flippers, .. } = *self;
        Mix { people, spammers, colluders, coin_flippers }
    }

    /// Most answers of a recording.
    pub fn answers_max(&self) -> i64 {
        self.answers_max.unwrap_or(self.answers + 2)
    }

    /// # Errors
    /// When they cannot be simulated, in words.
    fn check(&self) -> Result<(), String> {
        let bad = self.spammers + self.colluders + self.coin_flippers;
        if self.people < 2 || bad > self.people {
            return Err("give at least 2 people, and no more of bad character than there are".to_owned());
        }
        let shares = [("--skill", self.skill, 1.0), ("--yes", self.yes, 1.0), ("--gold", self.gold, 0.5)];
        if let Some((name, _, most)) = shares.iter().find(|(_, share, most)| !(0.0..=*most).contains(share)) {
            return Err(format!("{name}: give a share from 0 to {most}"));
        }
        Ok(())
    }
}

/// Simulates on a throw-away site, and says what came of it.
///
/// # Errors
/// When the options cannot be simulated or the site fails.
pub async fn run(options: &Options) -> Result<Outcome, Box<dyn Error>> {
    options.check()?;
    let folder = memory().join(format!("sayso-simulation-{}", ids::new_uuid()));
    std::fs::create_dir_all(&folder)?;
    let outcome = ids::repeatable(options.seed, simulate(options, &folder)).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

/// A folder in memory, where there is one: nothing of a simulation must survive a power cut, and
/// waiting for a disk at each answer would take most of the time.
fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

async fn simulate(options: &Options, folder: &Path) -> Result<Outcome, Box<dyn Error>> {
    let config = Config { data_dir: folder.to_owned(), ..Config::default() };
    let site = app::open(&config, Clock::manual(START_US)).await?;
    let mut dice = Dice(options.seed);
    let actors = crowd(options.mix(), options.skill, options.spread, options.leaving, &mut dice);
    let stage = stage::set(&site, options, &mut dice).await?;
    let schedule = schedule();
    let day = drive::day(&site, &schedule, &stage, actors, &mut dice).await?;
    let outcome = outcome::of(&site, &stage, &day).await?;
    site.db.close().await;
    Ok(outcome)
}
