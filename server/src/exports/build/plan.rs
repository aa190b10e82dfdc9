//! The first step: the rows are frozen, and with them all that the files will depend on.

use super::super::model::{Facts, Release, Speaker};
use super::super::{about, names, rules, store, store::snapshot};
use super::{names_of, sentence};
use crate::accounts;
use crate::audit;
use crate::batches;
use crate::consent;
use crate::platform::{clock::day, db::Tx, ids::PersonId, site::Site, worker::JobError};
use crate::verdicts;
use dataset::anonymity::{Person, protect};
use dataset::release::version::{Step, Version};
use dataset::{CalibrationBin, LabelNoise, Period};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use wire::Kind;

/// Stands between phrases where a filter names several.
const MARK: &str = "\u{1f}";

/// Freezes everything in one transaction.
pub async fn freeze(site: &Site, release: &Release) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    super::clear(&mut tx, release.id).await?;
    let gone = || JobError::Final("The project is gone.".to_owned());
    let project = batches::project(&mut tx, release.project_id).await?.ok_or_else(gone)?;
    let left_out = clips(&mut tx, release).await?;
    let (count, _, _) = snapshot::span(&mut tx, release.id).await?;
    if count == 0 {
        let reason = "No recording may leave yet: a release holds what is verified, accepted by listeners, covered by a consent in force, and chosen by the filter.";
        let left_out = rules::left_out_words(left_out).map(|words| format!(" {words}")).unwrap_or_default();
        return Err(JobError::Final(format!("{reason}{left_out}")));
    }
    let speaker_ids: Vec<String> =
        snapshot::list_speaker_ids(&mut tx, release.id).await?.into_iter().map(|(id,)| id).collect();
    snapshot::freeze_answers(&mut tx, release.id).await?;
    higher_than_before(&mut tx, release).await?;
    let splits_key = splits_key(&mut tx, release, &speaker_ids).await?;
    let facts = Facts { left_out, splits_key, ..facts(&mut tx, release, &project).await? };
    speakers(&mut tx, release, &facts, &speaker_ids).await?;
    if let Some((field, advice)) = rules::untold(&facts.about, &facts.licence) {
        return Err(JobError::Final(format!("The release cannot be published: {field} is missing; {advice}.")));
    }
    let now_us = site.now_us();
    if store::set_frozen(&mut tx, release.id, now_us, &serde_json::to_string(&facts)?, count).await? {
        let detail = serde_json::json!({ "clips": count });
        audit::note(&mut tx, now_us, None, "release.freeze", &release.id.to_string(), detail).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Verified ∧ accepted ∧ consent in force ∧ confirmed by all answers taken together. How many the
/// last of these left out.
async fn clips(tx: &mut Tx, release: &Release) -> Result<usize, JobError> {
    let filter = release.options().filter;
    let phrases =
        if filter.phrases.is_empty() { String::new() } else { format!("{MARK}{}{MARK}", filter.phrases.join(MARK)) };
    let (id, project) = (release.id, release.project_id);
    snapshot::freeze_clips(tx, id, project, filter.synthetic, &phrases, MARK).await?;
    for speaker in not_agreeing(tx, release).await? {
        snapshot::thaw_speaker(tx, id, &speaker).await?;
    }
    labels(tx, release, filter.probability_min).await
}

/// Gives each frozen clip the label of the batch fit, and takes out again what is not certain
/// enough; how many the fit does not confirm.
async fn labels(tx: &mut Tx, release: &Release, probability_min: f64) -> Result<usize, JobError> {
    let fit = verdicts::fit(tx, release.project_id).await?;
    let (mut left_out, mut after) = (0, String::new());
    loop {
        let page = snapshot::list_items(tx, release.id, &after).await?;
        let Some((last, _)) = page.last() else { return Ok(left_out) };
        after.clone_from(last);
        for (clip, item) in &page {
            let fitted = rules::confirmed(*item, &fit);
            left_out += usize::from(fitted.is_none());
            match fitted.filter(|fitted| fitted.probability >= probability_min) {
                Some(fitted) => {
                    let evidence = serde_json::to_string(&fitted.evidence)?;
                    let label = (fitted.probability, fitted.evidence.method.as_str(), evidence.as_str());
                    snapshot::set_label(tx, release.id, clip, label).await?;
                }
                None => snapshot::thaw_clip(tx, release.id, clip).await?,
            }
        }
    }
}

/// Speakers of the release whose consent is not in force.
pub async fn not_agreeing(tx: &mut Tx, release: &Release) -> Result<Vec<String>, JobError> {
    let allowed: HashSet<String> =
        consent::releasable(tx, release.project_id).await?.iter().map(PersonId::to_string).collect();
    let speakers = snapshot::list_speaker_ids(tx, release.id).await?;
    Ok(speakers.into_iter().map(|(speaker,)| speaker).filter(|speaker| !allowed.contains(speaker)).collect())
}

/// The version says as much as the rows changed since the release before.
async fn higher_than_before(tx: &mut Tx, release: &Release) -> Result<(), JobError> {
    let Some((before, version)) = latest(tx, release).await? else { return Ok(()) };
    let removed = snapshot::count_missing(tx, before.id, release.id).await?;
    let added = snapshot::count_missing(tx, release.id, before.id).await?;
    let relabelled = snapshot::count_relabelled(tx, before.id, release.id).await?;
    let changed = Step::of(added.unsigned_abs(), removed.unsigned_abs(), relabelled.unsigned_abs());
    let new: Version = release.version.parse().map_err(super::unmade)?;
    version.allow(new, changed).map_err(|error| {
        let counts = format!("{added} clips were added, {removed} removed, {relabelled} relabelled");
        JobError::Final(format!("{} ({counts}).", sentence(&error.to_string()).trim_end_matches('.')))
    })
}

/// The published release of the project with the highest version.
pub async fn latest(tx: &mut Tx, release: &Release) -> Result<Option<(Release, Version)>, JobError> {
    let releases = store::list_of(tx, release.project_id).await?;
    let published = releases.into_iter().filter(|other| other.state == "ready" && other.id != release.id);
    let versions = published.filter_map(|other| other.version.parse().ok().map(|version: Version| (other, version)));
    Ok(versions.max_by_key(|(_, version)| *version))
}

/// The key of the splits: what the release before this one had, or begins with this one.
async fn splits_key(tx: &mut Tx, release: &Release, speaker_ids: &[String]) -> Result<String, JobError> {
    let before = match latest(tx, release).await? {
        Some((before, _)) => match super::facts(&before) {
            Ok(facts) => facts.splits_key(&before).to_owned(),
            // Of a release of before facts were kept.
            Err(_) => before.pseudonym_key,
        },
        None => release.pseudonym_key.clone(),
    };
    Ok(names::splits_key(&before, speaker_ids))
}

/// What may be told about each speaker: at least k people share each combination.
async fn speakers(tx: &mut Tx, release: &Release, facts: &Facts, speaker_ids: &[String]) -> Result<(), JobError> {
    let called = names_of(release, facts)?;
    let profiles = accounts::profiles(tx).await?;
    let mut people = BTreeMap::new();
    for speaker_id in speaker_ids {
        let profile = speaker_id.parse().ok().and_then(|id: PersonId| profiles.get(&id)).cloned().unwrap_or_default();
        let person = Person {
            languages: BTreeSet::from([facts.language.clone()]),
            age: profile.age,
            gender: profile.gender,
            accent: profile.accent,
            // Browsers do not tell it.
            device: None,
        };
        people.insert(called.speaker(speaker_id), person);
    }
    for (speaker, person) in protect(&people, release.options().access.k()) {
        let Person { age, gender, accent, device, .. } = person;
        snapshot::insert_speaker(tx, release.id, &Speaker { speaker, age, gender, accent, device }).await?;
    }
    Ok(())
}

async fn facts(tx: &mut Tx, release: &Release, project: &batches::Project) -> Result<Facts, JobError> {
    let (_, first, last) = snapshot::span(tx, release.id).await?;
    let (settled, accepted) = snapshot::count_settled(tx, release.project_id).await?;
    #[expect(clippy::cast_precision_loss, reason = "counts of clips")]
    let accepted_share = (settled > 0).then(|| accepted as f64 / settled as f64);
    let methods = snapshot::list_methods(tx, release.id).await?;
    let methods: Vec<String> = methods.into_iter().map(|(method,)| method).collect();
    let consents = snapshot::list_consent_versions(tx, release.project_id).await?;
    let consent_versions =
        consents.into_iter().map(|(version, sha256)| format!("{version} (SHA-256 {sha256})")).collect();
    let (calibration, label_noise) = against_gold(tx, release).await?;
    Ok(Facts {
        project: project.name.clone(),
        language: project.language.clone(),
        licence: project.licence.clone(),
        about: about::of(tx, release.project_id).await?,
        consent_versions,
        policies: policies(release, project),
        collected: first.zip(last).map(|(first, last)| Period { first: day(first), last: day(last) }),
        accepted_share,
        method: if methods.is_empty() { verdicts::FIT.to_owned() } else { methods.join(", ") },
        calibration,
        left_out: 0,
        label_noise,
        splits_key: String::new(),
    })
}

/// The rules in force: of access, of anonymity, of what a recording must meet.
fn policies(release: &Release, project: &batches::Project) -> BTreeMap<String, String> {
    let options = release.options();
    let mut policies = BTreeMap::from([
        ("access".to_owned(), options.access.as_str().to_owned()),
        ("k_anonymity".to_owned(), options.access.k().to_string()),
        ("recording".to_owned(), project.policy.clone()),
        ("shard_max_bytes".to_owned(), options.shard_max_bytes.to_string()),
    ]);
    if !options.variants.recipes.is_empty() {
        policies.insert("variants".to_owned(), serde_json::to_string(&options.variants).unwrap_or_default());
    }
    if !options.keywords.is_empty() {
        policies.insert("keywords".to_owned(), serde_json::to_string(&options.keywords).unwrap_or_default());
    }
    policies
}

/// How probabilities and labels of the project's judging batches compare with gold.
async fn against_gold(tx: &mut Tx, release: &Release) -> Result<(Vec<CalibrationBin>, Option<LabelNoise>), JobError> {
    let (mut sums, mut compared, mut right) = (Vec::new(), 0, 0.0);
    for batch in batches::batches_of(tx, release.project_id).await? {
        if batch.kind() != Kind::Judge {
            continue;
        }
        let Some(reliability) = verdicts::reliability(tx, &batch).await?.0 else { continue };
        sums.resize(reliability.bins.len(), (0usize, 0.0, 0.0));
        for (sum, bin) in sums.iter_mut().zip(&reliability.bins) {
            #[expect(clippy::cast_precision_loss, reason = "counts of items")]
            let items = bin.items as f64;
            *sum = (sum.0 + bin.items, sum.1 + bin.confidence * items, sum.2 + bin.accuracy * items);
            compared += bin.items;
            right += bin.accuracy * items;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of items")]
    let bins = sums.into_iter().filter(|(items, _, _)| *items > 0).map(|(clips, confidence, right)| CalibrationBin {
        mean_probability: confidence / clips as f64,
        right_share: right / clips as f64,
        clips,
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of items")]
    let noise = (compared > 0).then(|| LabelNoise { wrong: compared - right.round() as usize, compared });
    Ok((bins.collect(), noise))
}
