//! The sixth step: card, descriptions, licence; the gate; the manifest and the checksums.

use super::super::model::{Release, ReleaseFile, Speaker, Stage};
use super::super::{store, store::snapshot};
use super::scratch::{Scratch, Sink};
use super::{facts, unmade};
use crate::platform::{clock::rfc3339, db::Tx, site::Site, worker::JobError};
use dataset::anonymity::Told;
use dataset::documents::{croissant, gate, licence, withdrawal_policy};
use dataset::release::manifest::{FileEntry, Manifest, ManifestWriter};
use dataset::{Card, ClipRow, DatasetError, Format, Split};
use std::collections::BTreeMap;
use std::io::Write;

/// Writes them all; what must be said and is not, stops the release here, and again at the end
/// ([`look_again`]).
pub async fn write(site: &Site, release: &Release) -> Result<(), JobError> {
    let card: Card = serde_json::from_str(&release.card)?;
    let mut tx = site.db.read().await?;
    let bundles = store::list_bundles(&mut tx, release.id).await?;
    let told = told(&card, &snapshot::list_speakers(&mut tx, release.id).await?);
    let rows = rows(&mut tx, release, &card).await?;
    drop(tx);
    let mut scratch = Scratch::empty(site, release)?;
    let sinks = documents(&mut scratch, &card, &bundles, &told).map_err(unmade)?;
    let mut made = scratch.keep(site, sinks).await?;

    let mut scratch = Scratch::empty(site, release)?;
    let sink = scratch.sink(dataset::MANIFEST_FILE).map_err(unmade)?;
    let mut manifest = ManifestWriter::new(sink, &head(release, &card, rows)?).map_err(unmade)?;
    each_file(site, release, &mut made, |file| manifest.push(&entry(file))).await?;
    let sink = manifest.finish().map_err(unmade)?;
    made.extend(scratch.keep(site, vec![sink]).await?);

    let mut scratch = Scratch::empty(site, release)?;
    let mut sums = scratch.sink(dataset::SUMS_FILE).map_err(unmade)?;
    let line = |file: &ReleaseFile| Ok(sums.write_all(dataset::sums_line(&file.path, &file.sha256).as_bytes())?);
    each_file(site, release, &mut made, line).await?;
    made.extend(scratch.keep(site, vec![sums]).await?);
    super::done(site, release, &made, Stage::Publish).await
}

/// The gate once more, on the very bytes that are about to leave.
pub async fn look_again(site: &Site, release: &Release) -> Result<(), JobError> {
    let card: Card = serde_json::from_str(&release.card)?;
    let mut tx = site.db.read().await?;
    let told = told(&card, &snapshot::list_speakers(&mut tx, release.id).await?);
    let file = store::find_file(&mut tx, release.id, dataset::CROISSANT_FILE).await?;
    drop(tx);
    let missing = || JobError::Final(format!("The release has no {}.", dataset::CROISSANT_FILE));
    let bytes = site.blobs.get(&file.ok_or_else(missing)?.sha256).await?;
    gate::check(&card, &serde_json::from_slice(&bytes)?, &told).map_err(unmade)
}

/// Card, descriptions, licence and policy, once the gate has let them pass.
fn documents(
    scratch: &mut Scratch,
    card: &Card,
    bundles: &[ReleaseFile],
    told: &Told,
) -> Result<Vec<Sink>, DatasetError> {
    // The recordings are many; each table row has the checksum of its own.
    let described: Vec<FileEntry> = bundles.iter().map(entry).collect();
    let description = croissant::description(card, &described);
    gate::check(card, &description, told)?;
    let texts = [
        (dataset::CARD_FILE, dataset::markdown(card)),
        (dataset::CARD_PAGE_FILE, dataset::html(card)),
        (dataset::LICENCE_FILE, licence::text(card)?),
        (dataset::WITHDRAWALS_FILE, withdrawal_policy::markdown()),
        (dataset::CROISSANT_FILE, croissant::to_json(&description)?),
    ];
    let mut sinks = Vec::new();
    for (path, text) in texts {
        let mut sink = scratch.sink(path)?;
        sink.write_all(text.as_bytes())?;
        sinks.push(sink);
    }
    Ok(sinks)
}

/// What the rows tell about each speaker.
fn told(card: &Card, speakers: &[Speaker]) -> Told {
    let mut told = Told::default();
    for speaker in speakers {
        told.clip(&ClipRow {
            speaker: speaker.speaker.clone(),
            language: card.language.clone(),
            age: speaker.age.clone(),
            gender: speaker.gender.clone(),
            accent: speaker.accent.clone(),
            device: speaker.device.clone(),
            ..ClipRow::default()
        });
    }
    told
}

/// Rows of each table.
async fn rows(tx: &mut Tx, release: &Release, card: &Card) -> Result<BTreeMap<String, u64>, JobError> {
    let mut rows = BTreeMap::from([
        ("clips".to_owned(), card.counts.clips as u64),
        ("answers".to_owned(), card.counts.answers as u64),
        ("splits".to_owned(), Split::ALL.len() as u64),
    ]);
    if card.formats.contains(&Format::Features) {
        rows.insert("features".to_owned(), snapshot::count_features(tx, release.id).await?.unsigned_abs());
    }
    Ok(rows)
}

/// The manifest without its files.
fn head(release: &Release, card: &Card, rows: BTreeMap<String, u64>) -> Result<Manifest, JobError> {
    Ok(Manifest {
        dataset: card.project.clone(),
        version: release.version.parse().map_err(unmade)?,
        snapshot_at: rfc3339(release.snapshot_us),
        code_version: card.code_version.clone(),
        filter: serde_json::to_string(&release.options().filter)?,
        policies: facts(release)?.policies,
        rows,
        files: Vec::new(),
    })
}

/// Every file of the release in the order of paths: those that are noted, and those `made` now.
async fn each_file(
    site: &Site,
    release: &Release,
    made: &mut [ReleaseFile],
    mut take: impl FnMut(&ReleaseFile) -> Result<(), DatasetError>,
) -> Result<(), JobError> {
    made.sort_by(|a, b| a.path.cmp(&b.path));
    let mut made = made.iter().peekable();
    let mut after = String::new();
    loop {
        let mut tx = site.db.read().await?;
        let page = store::list_files_after(&mut tx, release.id, &after).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = last.path.clone();
        for file in &page {
            while let Some(new) = made.next_if(|new| new.path < file.path) {
                take(new).map_err(unmade)?;
            }
            take(file).map_err(unmade)?;
        }
    }
    made.try_for_each(|new| take(new).map_err(unmade))
}

fn entry(file: &ReleaseFile) -> FileEntry {
    let size_bytes = file.size_bytes.unsigned_abs();
    FileEntry { path: file.path.clone(), sha256: file.sha256.clone(), size_bytes }
}
