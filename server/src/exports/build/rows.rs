//! The one stream that every file is made from: clips with their answers, page by page.

use super::super::model::{AnswerOf, Facts, Release, Speaker, StoredVariant};
use super::super::names::Names;
use super::super::{rules, store::snapshot, store::variants};
use super::{facts, names_of};
use crate::platform::{site::Site, worker::JobError};
use dataset::formats::audio_parquet::SoundRow;
use dataset::{AnswerRow, ClipRow, Split};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// Sounds that are fetched at the same time.
const AT_ONCE: usize = 8;

/// A clip, or a variant of one, with the answers on it.
pub struct Judged {
    pub clip: ClipRow,
    pub answers: Vec<AnswerRow>,
}

/// The rows of a release in the order of clips: all, or those of one split.
pub struct Rows<'a> {
    site: &'a Site,
    release: &'a Release,
    facts: Facts,
    names: Names,
    told: HashMap<String, Speaker>,
    split: &'static str,
    after: String,
}

impl<'a> Rows<'a> {
    /// Begins after the clip `after`; with the first one when it is empty.
    pub async fn of(site: &'a Site, release: &'a Release, split: Option<Split>, after: &str) -> Result<Self, JobError> {
        let mut tx = site.db.read().await?;
        let told = snapshot::list_speakers(&mut tx, release.id).await?;
        let facts = facts(release)?;
        Ok(Self {
            site,
            release,
            names: names_of(release, &facts)?,
            facts,
            told: told.into_iter().map(|speaker| (speaker.speaker.clone(), speaker)).collect(),
            split: split.map_or("", Split::as_str),
            after: after.to_owned(),
        })
    }

    /// Some more clips, each followed by its variants; none at the end.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Judged>, JobError> {
        let mut tx = self.site.db.read().await?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = snapshot::list_rows(&mut tx, self.release.id, self.split, &self.after, limit).await?;
        let Some((first, last)) = rows.first().zip(rows.last()) else { return Ok(Vec::new()) };
        let (first, last) = (first.clip_id.clone(), last.clip_id.clone());
        let mut answers: HashMap<String, Vec<AnswerOf>> = HashMap::new();
        for answer in snapshot::list_answers(&mut tx, self.release.id, &first, &last).await? {
            answers.entry(answer.clip_id.clone()).or_default().push(answer);
        }
        let mut variants: HashMap<String, Vec<StoredVariant>> = HashMap::new();
        for variant in variants::list(&mut tx, self.release.id, &first, &last).await? {
            variants.entry(variant.parent_clip_id.clone()).or_default().push(variant);
        }
        drop(tx);
        self.after = last;
        let nobody = Speaker::default();
        let mut judged = Vec::with_capacity(rows.len());
        for row in &rows {
            let answers = answers.remove(&row.clip_id).unwrap_or_default();
            let told = self.told.get(&row.speaker).unwrap_or(&nobody);
            let unreadable = || JobError::Final(format!("Clip {} has no readable report.", row.clip_id));
            let clip = rules::clip_row(row, told, &self.facts, &answers).ok_or_else(unreadable)?;
            let at = judged.len();
            for variant in variants.remove(&row.clip_id).unwrap_or_default() {
                let clip = rules::variant_row(&clip, &variant).ok_or_else(unreadable)?;
                judged.push(Judged { clip, answers: Vec::new() });
            }
            judged.insert(at, Judged { clip, answers: rules::answer_rows(row, &answers, &self.names) });
        }
        Ok(judged)
    }

    /// Some more clips with their sound; none at the end.
    pub async fn next_sounds(&mut self, limit: usize) -> Result<Vec<SoundRow>, JobError> {
        let rows = self.next(limit).await?;
        let sounds = stream::iter(rows).map(|row| async {
            let wav = self.site.blobs.get(&row.clip.sha256).await?;
            Ok(SoundRow { clip: row.clip, wav })
        });
        sounds.buffered(AT_ONCE).try_collect().await
    }
}
