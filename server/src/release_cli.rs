//! `sayso release`: build a release, check a copy of one, compare two.

use crate::app;
use crate::batches;
use crate::config::Config;
use crate::exports::{self, NewRelease, Release, ReleaseId};
use crate::platform::{
    clock::{Clock, rfc3339},
    ids::hex,
    once::Once,
    site::Site,
    worker,
};
use crate::schedule::schedule;
use clap::Subcommand;
use dataset::anonymity::Access;
use dataset::formats::read;
use dataset::release::diff::{Change, compare};
use dataset::release::manifest::{FileEntry, FileFault, Manifest};
use dataset::release::withdrawals::Feed;
use indicatif::{ProgressBar, ProgressStyle};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// What to do with releases.
#[derive(Clone, Debug, Subcommand)]
pub enum ReleaseCommand {
    /// Build a release of a project into the store and, if wanted, write its files into a folder.
    Build {
        /// Name or id of the project.
        #[arg(long)]
        project: String,
        /// Three numbers, such as 1.0.0. Of a version that is there already, the files are written.
        #[arg(long)]
        version: String,
        /// Folder for the files; what is there and whole is not written again.
        #[arg(long)]
        out: Option<PathBuf>,
        /// For those under contract only: details are told where 5 people share them, not 11.
        #[arg(long)]
        contract: bool,
    },
    /// Check a copy against its manifest and the withdrawal feed; exit code 1 when it is not as it
    /// should be. Needs no database.
    Verify {
        /// Folder of the copy.
        folder: PathBuf,
        /// The withdrawal feed: an address or a JSON file.
        #[arg(long)]
        feed: Option<String>,
        /// Public key of the feed, 64 hexadecimal digits, from /api/v1/withdrawals/key of the site.
        #[arg(long, requires = "feed")]
        key: Option<String>,
    },
    /// Name the clips that were added, removed or relabelled between two copies. Needs no database.
    Diff {
        /// Folder of the older one.
        older: PathBuf,
        /// Folder of the newer one.
        newer: PathBuf,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

type Done = Result<ExitCode, Box<dyn Error>>;

/// Does it.
///
/// # Errors
/// What went wrong, in words.
pub async fn run(command: ReleaseCommand, config: &Config) -> Done {
    match command {
        ReleaseCommand::Build { project, version, out, contract } => {
            let site = app::open(config, Clock::system()).await?;
            let release = build(&site, &project, &version, contract).await?;
            if let Some(folder) = &out {
                write(&site, release.id, folder).await?;
            }
            Ok(ExitCode::SUCCESS)
        }
        ReleaseCommand::Verify { folder, feed, key } => verify(&folder, feed.as_deref(), key.as_deref()).await,
        ReleaseCommand::Diff { older, newer, json } => diff(&older, &newer, json),
    }
}

/// Asks for the release, or finds it, and works on it until it is ready.
async fn build(site: &Site, project: &str, version: &str, contract: bool) -> Result<Release, Box<dyn Error>> {
    let mut tx = site.db.read().await?;
    let projects = batches::projects(&mut tx).await?;
    let named = projects.into_iter().find(|other| other.name == project || other.id.to_string() == project);
    let project = named.ok_or_else(|| format!("there is no project {project:?}"))?.id;
    let found = exports::by_version(&mut tx, project, version).await?;
    drop(tx);
    let mut release = match found {
        Some(release) if release.state != "failed" => release,
        _ => {
            let access = contract.then_some(Access::Contract);
            let new = NewRelease { version: version.to_owned(), access, ..NewRelease::default() };
            exports::request(site, None, project, &new, &Once::default()).await.map_err(|problem| problem.detail)?
        }
    };
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{msg} {pos}/{len} {wide_bar} {elapsed}")?);
    while release.state == "building" {
        bar.set_message(release.stage.clone());
        bar.set_length(release.total.unsigned_abs());
        bar.set_position(release.done.unsigned_abs());
        // Another process may work on it: then this one only looks on.
        if !worker::run_one(site, &schedule()).await? {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let mut tx = site.db.read().await?;
        release = exports::find(&mut tx, release.id).await?.ok_or("the release was taken away")?;
    }
    bar.finish_and_clear();
    if release.state != "ready" {
        return Err(release.error.into());
    }
    println!("release {} of {}: ready, rows of {}", release.version, project, rfc3339(release.snapshot_us));
    Ok(release)
}

/// Writes the files of a release into a folder.
async fn write(site: &Site, release: ReleaseId, folder: &Path) -> Result<(), Box<dyn Error>> {
    let (mut after, mut files, mut bytes) = (String::new(), 0u64, 0u64);
    loop {
        let mut tx = site.db.read().await?;
        let page = exports::files_after(&mut tx, release, &after).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = last.path.clone();
        for file in &page {
            let place = folder.join(&file.path);
            let size = file.size_bytes.unsigned_abs();
            files += 1;
            bytes += size;
            if place.is_file() && digest(&place)?.0 == file.sha256 {
                continue;
            }
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            site.blobs.get_file(&file.sha256, size, &place).await?;
        }
    }
    println!("{files} files, {bytes} bytes, in {}", folder.display());
    Ok(())
}

/// Compares a copy with its manifest and the feed.
async fn verify(folder: &Path, feed: Option<&str>, key: Option<&str>) -> Done {
    let text = fs::read_to_string(folder.join(dataset::MANIFEST_FILE))
        .map_err(|error| format!("{}: {error}; is this the folder of a release?", dataset::MANIFEST_FILE))?;
    let manifest = Manifest::from_json(&text)?;
    let mut found = Vec::new();
    list(folder, folder, &mut found)?;
    let own = [dataset::MANIFEST_FILE, dataset::SUMS_FILE];
    found.retain(|file: &FileEntry| !own.contains(&file.path.as_str()));
    let faults = manifest.faults(&found);
    for fault in &faults {
        match fault {
            FileFault::Missing { path } => println!("missing: {path}"),
            FileFault::Changed { path } => println!("changed: {path}"),
            FileFault::Unknown { path } => println!("no part of the release: {path}"),
        }
    }
    let mut held = 0;
    if let Some(feed) = feed {
        let feed = fetch(feed, key).await?;
        let clips = match File::open(folder.join(dataset::CLIPS_FILE)) {
            Ok(table) => read::labels(table)?,
            Err(_) => Vec::new(),
        };
        for (withdrawal, paths) in feed.held_in(&found, clips.iter().map(|clip| clip.clip_id.as_str())) {
            held += 1;
            let paths = if paths.is_empty() { "in tables and archives".to_owned() } else { paths.join(", ") };
            println!("withdrawn on {}: clip {} ({paths}); delete it", withdrawal.withdrawn_on, withdrawal.clip_id);
        }
        println!("feed of {}, {} withdrawals, {held} held here", feed.issued_at, feed.withdrawals.len());
    }
    let whole = faults.is_empty() && held == 0;
    let files = manifest.files.len();
    println!(
        "{} {}: {files} files, {}",
        manifest.dataset,
        manifest.version,
        if whole { "as released" } else { "NOT as it should be" }
    );
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The feed from an address or a file; with a key, only one that was signed with it.
async fn fetch(from: &str, key: Option<&str>) -> Result<Feed, Box<dyn Error>> {
    let (bytes, signature) = if from.starts_with("http://") || from.starts_with("https://") {
        // Installed once a process; a second time is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reply = reqwest::get(from).await?.error_for_status()?;
        let signature = reply.headers().get(exports::withdrawals::SIGNATURE_HEADER);
        let signature = signature.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        (reply.bytes().await?.to_vec(), signature)
    } else {
        let signature = fs::read_to_string(format!("{from}.sig")).unwrap_or_default();
        (fs::read(from)?, signature.trim().to_owned())
    };
    if let Some(key) = key {
        let bad = "the withdrawal feed is not signed with this key: do not trust it, and get it anew";
        let (key, signature) = (unhex(key.trim()).ok_or(bad)?, unhex(&signature).ok_or(bad)?);
        UnparsedPublicKey::new(&ED25519, key).verify(&bytes, &signature).map_err(|_| bad)?;
    }
    Ok(Feed::from_json(&String::from_utf8(bytes)?)?)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// Every file below a folder, with its digest.
fn list(root: &Path, folder: &Path, found: &mut Vec<FileEntry>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let place = entry?.path();
        if place.is_dir() {
            list(root, &place, found)?;
            continue;
        }
        let below = place.strip_prefix(root).unwrap_or(&place);
        let path = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let (sha256, size_bytes) = digest(&place)?;
        found.push(FileEntry { path, sha256, size_bytes });
    }
    Ok(())
}

fn digest(place: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut sha256) = (File::open(place)?, Sha256::new());
    let size = io::copy(&mut file, &mut Digesting(&mut sha256))?;
    Ok((hex(&sha256.finalize()), size))
}

struct Digesting<'a>(&'a mut Sha256);

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn diff(older: &Path, newer: &Path, json: bool) -> Done {
    let labels = |folder: &Path| -> Result<_, Box<dyn Error>> {
        let table = folder.join(dataset::CLIPS_FILE);
        let table = File::open(&table).map_err(|error| format!("{}: {error}", table.display()))?;
        Ok(read::labels(table)?)
    };
    let mut lines = Vec::new();
    let changes = compare(labels(older)?, labels(newer)?, |change| {
        lines.push(if json { serde_json::to_string(&change).unwrap_or_default() } else { words(&change) });
    })?;
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    if !json {
        let (added, removed, relabelled, kept) = (changes.added, changes.removed, changes.relabelled, changes.kept);
        writeln!(out, "{added} added, {removed} removed, {relabelled} relabelled, {kept} as before")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(change: &Change) -> String {
    match change {
        Change::Added { clip_id, label } => format!("added {clip_id} {label}"),
        Change::Removed { clip_id, label } => format!("removed {clip_id} {label}"),
        Change::Relabelled { clip_id, from, to } => format!("relabelled {clip_id} {from} -> {to}"),
    }
}
