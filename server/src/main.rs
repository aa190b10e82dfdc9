//! The command line: serve, work, migrate, demo, simulate, verify, audio, consensus, bench, release.

use clap::{Parser, Subcommand};
use sayso::{
    app,
    audio_cli::{self, AudioCommand},
    bench_cli,
    config::Config,
    consensus_cli, demo,
    operations::verify::{Subject, verify},
    platform::{clock::Clock, telemetry},
    release_cli::{self, ReleaseCommand},
    simulate,
};
use std::{error::Error, process::ExitCode};
use tokio::sync::watch;

// Gives memory back while nothing happens, too: a hashed password takes 19 MiB for a moment, and a site
// that was busy shall become small again. How soon stands in `.cargo/config.toml`.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Crowdsourced wake-word audio: record, judge, pay, release.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the schema up to date, serve, run jobs (the default).
    Serve,
    /// Run jobs only; any number of such processes may run.
    Work,
    /// Bring the schema up to date and exit.
    Migrate,
    /// Serve a throw-away instance filled with a project, people, clips, judgements and a release.
    Demo,
    /// Let people of known character work on a throw-away site: accuracy, cost, time, catches.
    Simulate(simulate::Options),
    /// Check that everything is whole; exit code 1 and a line for each fault when it is not.
    Verify {
        /// What to check.
        subject: Subject,
    },
    /// Reports and features of audio files; needs no database and no data folder.
    Audio {
        #[command(subcommand)]
        command: AudioCommand,
    },
    /// Labels from a table of answers, with their agreement, accuracy and cost.
    Consensus(consensus_cli::Arguments),
    /// Measure a running server with simulated people, or fill an empty database for that.
    Bench(bench_cli::Arguments),
    /// Build a dataset release, check a copy of one, compare two.
    Release {
        #[command(subcommand)]
        command: ReleaseCommand,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(cli.config.log_format, &cli.config.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => fail(&*error),
    }
}

fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("sayso: {error}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<ExitCode, Box<dyn Error>> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(cli.config).await?,
        Command::Work => {
            let (stop, stopped) = watch::channel(false);
            let working = tokio::spawn(app::work(cli.config, stopped));
            interrupted().await?;
            stop.send(true)?;
            working.await??;
        }
        Command::Migrate => app::open(&cli.config, Clock::system()).await?.db.close().await,
        Command::Demo => {
            let folder = demo::folder()?;
            let config = demo::config(&cli.config, &folder);
            // Filled before anybody else works on its jobs: nothing is half done when it is shown.
            let site = app::open(&config, Clock::system()).await?;
            let people = demo::fill(&site).await?;
            site.db.close().await;
            let running = app::start(config, Clock::system()).await?;
            println!("Sayso demo: {}\n\n{people}\nEverything is forgotten when you stop it with Ctrl-C.", running.url);
            interrupted().await?;
            running.stop().await;
            std::fs::remove_dir_all(&folder)?;
        }
        Command::Simulate(options) if options.quotas => {
            let coverage = simulate::coverage::run(&options).await?;
            if options.json {
                println!("{}", serde_json::to_string_pretty(&coverage)?);
            } else {
                print!("{coverage}");
            }
        }
        Command::Simulate(options) => {
            let outcome = simulate::run(&options).await?;
            if options.json {
                println!("{}", serde_json::to_string_pretty(&outcome)?);
            } else {
                print!("{outcome}");
            }
        }
        Command::Consensus(arguments) => consensus_cli::run(&arguments)?,
        Command::Bench(arguments) => bench_cli::run(&cli.config, &arguments).await?,
        Command::Verify { subject } => {
            let site = app::open(&cli.config, Clock::system()).await?;
            let mut tx = site.db.read().await?;
            let findings = verify(&mut tx, &site.blobs, subject).await?;
            println!("{}: {}", findings.summary, if findings.faults.is_empty() { "whole" } else { "NOT whole" });
            findings.faults.iter().for_each(|fault| println!("{fault}"));
            return Ok(if findings.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Release { command } => return release_cli::run(command, &cli.config).await,
        Command::Audio { command } => return Ok(audio_cli::run(&command)),
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    let running = app::start(config, Clock::system()).await?;
    println!("Sayso serves at {}", running.site.public_url);
    if let Some(link) = &running.setup_link {
        println!("Create the first administrator (this link works once): {link}");
    }
    interrupted().await?;
    println!("Finishing what was begun …");
    running.stop().await;
    Ok(())
}

/// Waits for Ctrl-C or, from a supervisor, SIGTERM.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
