//! The third step, archive by archive: everything with the sound inside.
//!
//! Shards of one split are WebDataset and Parquet with sound; parts of the whole are Speech Commands
//! and Common Voice. Which clips go into which is decided by their sizes alone, so a build that was
//! killed goes on with the first archive that is not noted.

use super::super::model::{Release, ReleaseFile, Stage};
use super::super::rules::has;
use super::super::{store, store::snapshot};
use super::rows::Rows;
use super::scratch::{Scratch, Sink};
use super::{aside, facts, unmade};
use crate::platform::{clock::day, site::Site, worker::JobError};
use dataset::formats::audio_parquet::{self, SoundRow, SoundWriter};
use dataset::formats::{common_voice, speech_commands, webdataset};
use dataset::release::shards::{Shard, plan};
use dataset::{DatasetError, Format, Split};

/// Clips that are held in memory with their sound.
const PAGE: usize = 64;

/// Text in each Speech Commands archive.
const TERMS: &str = "The licence is in the file LICENSE of the release that this archive belongs to.\n";

/// A run of clips that fills the archives of one step.
struct Part {
    /// `None` where all splits stand together.
    split: Option<Split>,
    shard: Shard,
    /// Whether it is the only one of all splits together.
    only: bool,
    /// The clip before its first.
    after: String,
}

/// Writes the next archives; the next step begins when none is left.
pub async fn write(site: &Site, release: &Release) -> Result<(), JobError> {
    let parts = parts(site, release).await?;
    let place = usize::try_from(release.done).unwrap_or(0);
    let Some(part) = parts.get(place) else {
        return super::done(site, release, &[], Stage::Features).await;
    };
    let mut scratch = Scratch::empty(site, release)?;
    let mut writers = Writers::of(&mut scratch, release, part).map_err(unmade)?;
    let mut rows = Rows::of(site, release, part.split, &part.after).await?;
    let mut left = part.shard.clips;
    while left > 0 {
        let page = rows.next_sounds(left.min(PAGE)).await?;
        if page.is_empty() {
            return Err(JobError::Retry("rows of the release are missing".to_owned()));
        }
        left = left.saturating_sub(page.iter().filter(|row| row.clip.parent_clip_id.is_none()).count());
        writers = aside(move || writers.push(&page)).await?;
    }
    let only = part.only;
    let number = part.shard.number;
    let sinks = aside(move || writers.finish((!only).then_some(number))).await?;
    let files = scratch.keep(site, sinks).await?;
    note(site, release, &files, parts.len()).await
}

async fn note(site: &Site, release: &Release, files: &[ReleaseFile], total: usize) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    if store::set_progress(&mut tx, release.id, Stage::Archives, release.done, release.done + 1, total).await? {
        for file in files {
            store::insert_file(&mut tx, release.id, file).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// All parts, in their order.
async fn parts(site: &Site, release: &Release) -> Result<Vec<Part>, JobError> {
    let options = release.options();
    let wanted = |formats: &[Format]| formats.iter().any(|format| has(&options, *format));
    let mut parts = Vec::new();
    if wanted(&[Format::Webdataset, Format::AudioParquet]) {
        for split in Split::ALL {
            parts.extend(run(site, release, Some(split)).await?);
        }
    }
    if wanted(&[Format::SpeechCommands, Format::CommonVoice]) {
        parts.extend(run(site, release, None).await?);
    }
    Ok(parts)
}

/// The parts of one split, or of all together.
async fn run(site: &Site, release: &Release, split: Option<Split>) -> Result<Vec<Part>, JobError> {
    let size_bytes = if split.is_none() { speech_commands::size_bytes } else { webdataset::size_bytes };
    let (mut sizes, mut ids, mut after) = (Vec::new(), Vec::new(), String::new());
    let mut tx = site.db.read().await?;
    loop {
        let name = split.map_or("", Split::as_str);
        let page = snapshot::list_sizes(&mut tx, release.id, name, &after).await?;
        let Some((last, ..)) = page.last() else { break };
        after = last.clone();
        for (id, size, variants, variants_size) in page {
            // A clip and its variants stay together; a member takes at most 512 bytes more than its size.
            let variants_size = variants.unsigned_abs() * size_bytes(512) + variants_size.unsigned_abs();
            let size = size_bytes(size.unsigned_abs()) + variants_size;
            sizes.push((split.unwrap_or(Split::Train), size));
            ids.push(id);
        }
    }
    let max_bytes = release.options().shard_max_bytes;
    let beside = if split.is_none() { speech_commands::beside_clips_bytes(max_bytes) } else { 0 };
    let shards = plan(sizes, max_bytes - beside);
    let only = shards.len() == 1;
    let before = |first: usize| first.checked_sub(1).and_then(|place| ids.get(place)).cloned().unwrap_or_default();
    let parts = shards.into_iter().map(|shard| Part { split, only, after: before(shard.first), shard });
    Ok(parts.collect())
}

/// The archives of one step.
struct Writers {
    webdataset: Option<webdataset::ShardWriter<Sink>>,
    parquet: Option<SoundWriter<Sink>>,
    speech_commands: Option<speech_commands::FolderWriter<Sink>>,
    common_voice: Option<common_voice::ClipsWriter<Sink>>,
}

impl Writers {
    fn of(scratch: &mut Scratch, release: &Release, part: &Part) -> Result<Self, DatasetError> {
        let options = release.options();
        let facts = facts(release).map_err(|error| DatasetError::Io(std::io::Error::other(error.to_string())))?;
        let wanted = |format: Format, of_split: bool| has(&options, format) && part.split.is_some() == of_split;
        let name = part.shard.name();
        let number = part.shard.number;
        let folder = common_voice::folder(&release.version, &day(release.snapshot_us), &facts.language);
        let mut sink = |wanted: bool, path: String| wanted.then(|| scratch.sink(&path)).transpose();
        Ok(Self {
            webdataset: sink(wanted(Format::Webdataset, true), webdataset::path(&name))?
                .map(webdataset::ShardWriter::new),
            parquet: sink(wanted(Format::AudioParquet, true), audio_parquet::path(&name))?
                .map(SoundWriter::new)
                .transpose()?,
            speech_commands: sink(wanted(Format::SpeechCommands, false), speech_commands::path(number))?.map(|sink| {
                let noise_bytes = speech_commands::noise_max_bytes(options.shard_max_bytes);
                speech_commands::FolderWriter::new(sink, options.keywords.clone(), noise_bytes)
            }),
            common_voice: sink(wanted(Format::CommonVoice, false), format!("{folder}/clips-{number:05}.tar"))?
                .map(common_voice::ClipsWriter::new),
        })
    }

    fn push(mut self, rows: &[SoundRow]) -> Result<Self, DatasetError> {
        for row in rows {
            self.webdataset.as_mut().map_or(Ok(()), |archive| archive.push(row))?;
            self.parquet.as_mut().map_or(Ok(()), |table| table.push(row))?;
            self.speech_commands.as_mut().map_or(Ok(()), |archive| archive.push(row))?;
            self.common_voice.as_mut().map_or(Ok(()), |archive| archive.push(row))?;
        }
        Ok(self)
    }

    fn finish(self, number: Option<usize>) -> Result<Vec<Sink>, DatasetError> {
        let sinks = [
            self.webdataset.map(webdataset::ShardWriter::finish).transpose()?,
            self.parquet.map(SoundWriter::finish).transpose()?,
            self.speech_commands.map(|archive| archive.finish(number, TERMS)).transpose()?,
            self.common_voice.map(common_voice::ClipsWriter::finish).transpose()?,
        ];
        Ok(sinks.into_iter().flatten().collect())
    }
}
