//! The fifth step: all tables and lists, in one pass over the rows, and what they add up to.

use super::super::model::{Facts, Release, Stage};
use super::super::rules::{Agreement, KNOWN_LIMITS, has, left_out_words};
use super::super::store;
use super::rows::{Judged, Rows};
use super::scratch::{Scratch, Sink};
use super::{aside, facts, unmade};
use crate::platform::{clock::day, site::Site, worker::JobError};
use dataset::formats::common_voice::{self, DurationsWriter, List, ListWriter};
use dataset::formats::edge_impulse::{self, InfoWriter};
use dataset::formats::label_studio::{self, TaskWriter};
use dataset::formats::mswc::{self, CsvWriter};
use dataset::formats::parquet::{AnswerWriter, ClipWriter, partition};
use dataset::{Card, ClipRow, DatasetError, Format, Split, Tally};
use std::io::Write;

/// Rows that are read at once.
const PAGE: usize = 2_000;
/// Rows that the card shows.
const EXAMPLES: usize = 3;
/// How Label Studio names files that lie in its own folder.
const LABEL_STUDIO_FILES: &str = "/data/local-files/?d=";

/// Writes them, and the card's content.
pub async fn write(site: &Site, release: &Release) -> Result<(), JobError> {
    let facts = facts(release)?;
    let mut scratch = Scratch::empty(site, release)?;
    let mut tables = Tables::of(&mut scratch, release, &facts).map_err(unmade)?;
    let mut rows = Rows::of(site, release, None, "").await?;
    loop {
        let page = rows.next(PAGE).await?;
        if page.is_empty() {
            break;
        }
        tables = aside(move || tables.push(page)).await?;
    }
    let (sinks, sums) = aside(move || tables.finish()).await?;
    let files = scratch.keep(site, sinks).await?;
    let card = card(release, facts, sums);
    let mut tx = site.db.begin().await?;
    store::set_card(&mut tx, release.id, &serde_json::to_string(&card)?).await?;
    tx.commit().await?;
    super::done(site, release, &files, Stage::Documents).await
}

/// What the rows add up to.
#[derive(Default)]
struct Sums {
    tally: Tally,
    agreement: Agreement,
    examples: Vec<ClipRow>,
}

/// Every file that is written here.
struct Tables {
    clips: ClipWriter<Sink>,
    answers: AnswerWriter<Sink>,
    partitions: Vec<(Split, ClipWriter<Sink>)>,
    lists: Vec<ListWriter<Sink>>,
    durations: Option<DurationsWriter<Sink>>,
    words: Vec<CsvWriter<Sink>>,
    tasks: Option<TaskWriter<Sink>>,
    config: Option<Sink>,
    info: Option<InfoWriter<Sink>>,
    sums: Sums,
}

impl Tables {
    fn of(scratch: &mut Scratch, release: &Release, facts: &Facts) -> Result<Self, DatasetError> {
        let options = release.options();
        let wanted = |format: Format| has(&options, format);
        let language = &facts.language;
        let folder = common_voice::folder(&release.version, &day(release.snapshot_us), language);
        let mut tables = Self {
            clips: ClipWriter::new(scratch.sink(dataset::CLIPS_FILE)?)?,
            answers: AnswerWriter::new(scratch.sink(dataset::ANSWERS_FILE)?)?,
            partitions: Vec::new(),
            lists: Vec::new(),
            durations: None,
            words: Vec::new(),
            tasks: None,
            config: None,
            info: None,
            sums: Sums::default(),
        };
        if wanted(Format::Partitions) {
            for split in Split::ALL {
                let sink = scratch.sink(&partition(split, language, 0))?;
                tables.partitions.push((split, ClipWriter::of_partition(sink)?));
            }
        }
        if wanted(Format::CommonVoice) {
            for list in List::ALL {
                let sink = scratch.sink(&format!("{folder}/{}", list.file()))?;
                tables.lists.push(ListWriter::new(sink, list)?);
            }
            let sink = scratch.sink(&format!("{folder}/clip_durations.tsv"))?;
            tables.durations = Some(DurationsWriter::new(sink)?);
        }
        if wanted(Format::Mswc) {
            for split in [None, Some(Split::Train), Some(Split::Dev), Some(Split::Test)] {
                let sink = scratch.sink(&mswc::path(language, split))?;
                tables.words.push(CsvWriter::new(sink, split)?);
            }
        }
        if wanted(Format::LabelStudio) {
            let sink = scratch.sink(label_studio::TASKS_FILE)?;
            tables.tasks = Some(TaskWriter::new(sink, LABEL_STUDIO_FILES));
            let mut sink = scratch.sink(label_studio::CONFIG_FILE)?;
            sink.write_all(label_studio::CONFIG.as_bytes())?;
            tables.config = Some(sink);
        }
        if wanted(Format::EdgeImpulse) {
            tables.info = Some(InfoWriter::new(scratch.sink(edge_impulse::INFO_FILE)?)?);
        }
        Ok(tables)
    }

    fn push(mut self, rows: Vec<Judged>) -> Result<Self, DatasetError> {
        for Judged { clip, answers } in rows {
            self.sums.tally.clip(&clip);
            self.sums.agreement.clip(&clip);
            self.lists.iter_mut().try_for_each(|list| list.push(&clip))?;
            self.durations.as_mut().map_or(Ok(()), |durations| durations.push(&clip))?;
            self.words.iter_mut().try_for_each(|words| words.push(&clip))?;
            self.tasks.as_mut().map_or(Ok(()), |tasks| tasks.push(&clip, &answers))?;
            self.info.as_mut().map_or(Ok(()), |info| info.push(&clip))?;
            for answer in answers {
                self.sums.tally.answer(&answer);
                self.answers.push(&answer)?;
            }
            let partition = self.partitions.iter_mut().find(|(split, _)| split.as_str() == clip.split);
            partition.map_or(Ok(()), |(_, table)| table.push(&clip))?;
            self.clips.push(&clip)?;
            if self.sums.examples.len() < EXAMPLES {
                self.sums.examples.push(clip);
            }
        }
        Ok(self)
    }

    fn finish(self) -> Result<(Vec<Sink>, Sums), DatasetError> {
        let mut sinks = vec![self.clips.finish()?, self.answers.finish()?];
        for (_, table) in self.partitions {
            sinks.push(table.finish()?);
        }
        sinks.extend(self.lists.into_iter().map(ListWriter::finish));
        sinks.extend(self.durations.map(DurationsWriter::finish));
        for words in self.words {
            sinks.push(words.finish()?);
        }
        sinks.extend(self.tasks.map(TaskWriter::finish).transpose()?);
        sinks.extend(self.config);
        sinks.extend(self.info.map(InfoWriter::finish).transpose()?);
        Ok((sinks, self.sums))
    }
}

fn card(release: &Release, facts: Facts, sums: Sums) -> Card {
    let options = release.options();
    Card {
        project: facts.project,
        version: release.version.clone(),
        licence: facts.licence,
        language: facts.language,
        released_on: day(release.snapshot_us),
        collected: facts.collected,
        consent_versions: facts.consent_versions,
        method: facts.method,
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        accepted_share: facts.accepted_share,
        agreement_alpha: sums.agreement.alpha(),
        known_limits: KNOWN_LIMITS
            .iter()
            .map(|text| (*text).to_owned())
            .chain(left_out_words(facts.left_out))
            .collect(),
        counts: sums.tally.counts(),
        about: facts.about,
        access: options.access,
        calibration: facts.calibration,
        label_noise: facts.label_noise,
        formats: options.formats,
        examples: sums.examples,
    }
}
