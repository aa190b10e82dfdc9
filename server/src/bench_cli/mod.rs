//! `sayso bench`: next-and-submit loops against a running server, and a database to run them on.

mod fill;
mod load;
mod store;
mod usage;

use crate::app;
use crate::config::Config;
use crate::platform::clock::Clock;
use std::error::Error;
use usage::Usage;

type Failure = Box<dyn Error + Send + Sync>;

/// Measure a running server, or fill an empty database for that.
#[derive(clap::Args, Clone, Debug)]
pub struct Arguments {
    /// The server, such as http://127.0.0.1:8080.
    #[arg(required_unless_present = "fill")]
    url: Option<String>,
    /// Instead: put a judging batch of so many items and as many answers into the configured
    /// database, which must be empty.
    #[arg(long, value_name = "N", conflicts_with = "url")]
    fill: Option<i64>,
    /// People who work at the same time, each on a connection of their own.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// For how long; the first second is not counted.
    #[arg(long, default_value_t = 12)]
    seconds: u64,
    /// Only tasks of this batch; any judging batch otherwise.
    #[arg(long)]
    batch: Option<String>,
    /// Tasks asked for at a time, 1 to 3.
    #[arg(long, default_value_t = 1)]
    tasks: u8,
    /// The server's process: its CPU time and memory are measured too (Linux).
    #[arg(long)]
    pid: Option<u32>,
    /// PostgreSQL's postmaster: its and its backends' CPU time too (Linux).
    #[arg(long)]
    postgres_pid: Option<u32>,
    /// Connections that stay open and idle meanwhile.
    #[arg(long, default_value_t = 0)]
    idle: usize,
}

/// Runs the command.
///
/// # Errors
/// When the server does not answer, a process cannot be measured, or the database is not empty.
pub async fn run(config: &Config, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    try_run(config, arguments).await.map_err(|failure| failure as Box<dyn Error>)
}

async fn try_run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    if let Some(items) = arguments.fill {
        let site = app::open(config, Clock::system()).await?;
        let batch = fill::fill(&site, items).await?;
        site.db.close().await;
        println!("batch {batch}: {items} items, {items} answers");
        return Ok(());
    }
    let url = arguments.url.as_deref().unwrap_or_default().trim_end_matches('/');
    let people = load::people(url, arguments.clients).await?;
    let _idle = load::idle(url, arguments.idle).await?;
    let usage = Usage::of(arguments.pid, arguments.postgres_pid);
    let measured = load::measure(url, people, arguments, &usage).await?;
    println!("{measured}");
    Ok(())
}
