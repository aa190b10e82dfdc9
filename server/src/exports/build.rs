//! Building a release: rows at one instant → files in the object store → one commit.

use super::{
    model::{AnswerOf, BuildRelease, Eligible, Release, ReleaseFile},
    rules, store,
};
use crate::audit;
use crate::batches;
use crate::consent;
use crate::platform::{clock::day, db::Tx, ids::PersonId, site::Site, worker::JobError};
use crate::verdicts::{self, Counted, Evidence};
use audio::wav;
use bytes::Bytes;
use dataset::{AnswerRow, Card, ClipRow, Counts};
use std::collections::{HashMap, HashSet};

/// Everything that a release is made of, read in one transaction.
struct Snapshot {
    project: batches::Project,
    clips: Vec<Eligible>,
    /// Clips that the site had accepted and the batch fit does not confirm.
    left_out: usize,
    answers: Vec<AnswerOf>,
    consent_versions: Vec<String>,
    settled: (i64, i64),
}

/// Builds a release; running it again after a crash makes the same files.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn build_release(site: Site, job: BuildRelease) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let Some(release) = store::find(&mut tx, job.release).await? else { return Ok(()) };
    // A failed one is built anew when its dead letter is retried.
    if release.state == "ready" {
        return Ok(());
    }
    let snapshot = snapshot(&mut tx, &release).await?;
    drop(tx);
    let key = key_of(&release)?;
    let (rows, mut files) = clips(&site, &snapshot, &key).await?;
    let answers = answers(&snapshot, &rows, &key);
    let card = card(&site, &release, &snapshot, &rows, &answers);
    let text = |error: dataset::DatasetError| JobError::Final(error.to_string());
    let mut add = async |path: &str, bytes: Bytes| -> Result<(), JobError> {
        let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        files.push(ReleaseFile { path: path.to_owned(), sha256: site.blobs.put(bytes).await?, size_bytes });
        Ok(())
    };
    add(dataset::CLIPS_FILE, dataset::parquet::clips(&rows).map_err(text)?).await?;
    add(dataset::ANSWERS_FILE, dataset::parquet::answers(&answers).map_err(text)?).await?;
    add(dataset::CARD_FILE, Bytes::from(dataset::markdown(&card))).await?;
    let sums: Vec<(String, String)> = files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect();
    let size_bytes = |bytes: &Bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let sums = Bytes::from(dataset::sums(&sums));
    files.push(ReleaseFile {
        path: dataset::SUMS_FILE.to_owned(),
        size_bytes: size_bytes(&sums),
        sha256: site.blobs.put(sums).await?,
    });
    publish(&site, &release, &snapshot, &card, &files).await
}

async fn snapshot(tx: &mut Tx, release: &Release) -> Result<Snapshot, JobError> {
    let gone = || JobError::Final("the project is gone".to_owned());
    let project = batches::project(tx, release.project_id).await?.ok_or_else(gone)?;
    let versions = store::list_consent_versions(tx, release.project_id).await?;
    let fit = verdicts::fit(tx, release.project_id).await?;
    let (clips, left_out) = rules::fitted(eligible(tx, release).await?, &fit);
    Ok(Snapshot {
        project,
        clips,
        left_out,
        answers: store::list_answers(tx, release.project_id).await?,
        consent_versions: versions
            .into_iter()
            .map(|(version, sha256)| format!("{version} (SHA-256 {sha256})"))
            .collect(),
        settled: store::count_settled(tx, release.project_id).await?,
    })
}

/// Verified ∧ accepted ∧ consent in force.
async fn eligible(tx: &mut Tx, release: &Release) -> Result<Vec<Eligible>, JobError> {
    let allowed: HashSet<String> =
        consent::releasable(tx, release.project_id).await?.iter().map(PersonId::to_string).collect();
    let clips = store::list_eligible(tx, release.project_id).await?;
    Ok(clips.into_iter().filter(|clip| allowed.contains(&clip.speaker_id)).collect())
}

fn key_of(release: &Release) -> Result<[u8; 32], JobError> {
    let text = &release.pseudonym_key;
    let bytes: Vec<u8> = (0..32).filter_map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()).collect();
    bytes.try_into().map_err(|_| JobError::Final("the release has no key".to_owned()))
}

/// The 16 kHz masters and the clips' rows.
async fn clips(site: &Site, snapshot: &Snapshot, key: &[u8; 32]) -> Result<(Vec<ClipRow>, Vec<ReleaseFile>), JobError> {
    let (mut rows, mut files) = (Vec::new(), Vec::new());
    let votes = rules::votes(&snapshot.answers);
    for (clip, (speaker, path)) in snapshot.clips.iter().zip(rules::paths(&snapshot.clips, key)) {
        let original = site.blobs.get(&clip.sha256).await?;
        let wav = tokio::task::spawn_blocking(move || master(&original))
            .await
            .map_err(|error| JobError::Retry(error.to_string()))?
            .map_err(|error| JobError::Final(format!("clip {}: {error}", clip.clip_id)))?;
        let size_bytes = i64::try_from(wav.len()).unwrap_or(i64::MAX);
        let sha256 = site.blobs.put(wav).await?;
        let row = rules::clip_row(clip, &speaker, &path, &sha256, &snapshot.project.language)
            .ok_or_else(|| JobError::Final(format!("clip {} has no readable report", clip.clip_id)))?;
        let (yes_answers, no_answers) = votes.get(clip.clip_id.as_str()).copied().unwrap_or_default();
        rows.push(ClipRow { yes_answers, no_answers, ..row });
        files.push(ReleaseFile { path, sha256, size_bytes });
    }
    Ok((rows, files))
}

/// 16 kHz mono PCM16, derived from the untouched original.
fn master(original: &[u8]) -> Result<Bytes, wav::WavError> {
    let clip = wav::decode(original, &wav::Limits::default())?;
    let samples = audio::resample::to_16k(&clip.samples, clip.rate_hz);
    Ok(Bytes::from(wav::encode_pcm16(&samples, audio::resample::RATE_HZ)))
}

/// The answers to released clips, each with what it weighed in the verdict.
fn answers(snapshot: &Snapshot, rows: &[ClipRow], key: &[u8; 32]) -> Vec<AnswerRow> {
    let released: HashSet<&str> = rows.iter().map(|row| row.clip_id.as_str()).collect();
    let evidence = |clip: &Eligible| serde_json::from_str::<Evidence>(&clip.evidence).ok();
    let counted: HashMap<String, Counted> = snapshot
        .clips
        .iter()
        .filter_map(evidence)
        .flat_map(|evidence| evidence.counted)
        .map(|counted| (counted.id.clone(), counted))
        .collect();
    snapshot
        .answers
        .iter()
        .filter(|answer| released.contains(answer.clip_id.as_str()))
        .map(|answer| rules::answer_row(answer, key, counted.get(&answer.answer_id)))
        .collect()
}

fn card(site: &Site, release: &Release, snapshot: &Snapshot, rows: &[ClipRow], answers: &[AnswerRow]) -> Card {
    let votes: Vec<(&str, &str, &str)> = snapshot
        .answers
        .iter()
        .filter(|answer| answer.label != "unsure")
        .map(|answer| (answer.clip_id.as_str(), answer.person_id.as_str(), answer.label.as_str()))
        .collect();
    let (settled, accepted) = snapshot.settled;
    #[expect(clippy::cast_precision_loss, reason = "counts of clips")]
    let accepted_share = (settled > 0).then(|| accepted as f64 / settled as f64);
    let times = || snapshot.clips.iter().map(|clip| clip.created_us);
    let collected =
        times().min().zip(times().max()).map(|(first, last)| dataset::Period { first: day(first), last: day(last) });
    let mut methods: Vec<&str> = snapshot.clips.iter().map(|clip| clip.method.as_str()).collect();
    methods.sort_unstable();
    methods.dedup();
    Card {
        project: snapshot.project.name.clone(),
        version: release.version.clone(),
        licence: snapshot.project.licence.clone(),
        language: snapshot.project.language.clone(),
        released_on: day(site.now_us()),
        collected,
        consent_versions: snapshot.consent_versions.clone(),
        method: if methods.is_empty() { verdicts::FIT.to_owned() } else { methods.join(", ") },
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        accepted_share,
        agreement_alpha: consensus::krippendorff_alpha(&votes),
        known_limits: rules::KNOWN_LIMITS
            .iter()
            .map(|text| (*text).to_owned())
            .chain(rules::left_out_words(snapshot.left_out))
            .collect(),
        counts: Counts::of(rows, answers),
        about: dataset::About::default(),
        access: dataset::anonymity::Access::Public,
        calibration: Vec::new(),
        label_noise: None,
        formats: Vec::new(),
        examples: Vec::new(),
    }
}

/// Commits the release, unless a consent was withdrawn while it was built: then it is built anew.
async fn publish(
    site: &Site,
    release: &Release,
    snapshot: &Snapshot,
    card: &Card,
    files: &[ReleaseFile],
) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let now: HashSet<String> = eligible(&mut tx, release).await?.into_iter().map(|clip| clip.clip_id).collect();
    if snapshot.clips.iter().any(|clip| !now.contains(&clip.clip_id)) {
        return Err(JobError::Retry("a clip left the release while it was built".to_owned()));
    }
    if !store::set_ready(&mut tx, release.id, &serde_json::to_string(card)?, site.now_us()).await? {
        return Ok(());
    }
    for file in files {
        store::insert_file(&mut tx, release.id, file).await?;
    }
    let detail = serde_json::json!({ "version": release.version, "files": files.len() });
    audit::note(&mut tx, site.now_us(), None, "release.ready", &release.id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// A release that could not be built says so.
///
/// # Errors
/// When the database refuses.
pub async fn buried(site: Site, job: BuildRelease) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    store::set_failed(
        &mut tx,
        job.release,
        "Building failed for good. An administrator sees why among the dead letters.",
    )
    .await?;
    Ok(tx.commit().await?)
}
