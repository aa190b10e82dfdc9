//! The fifteen sections of a data card.

use crate::columns::{ANSWER_COLUMNS, CLIP_COLUMNS, Column, FEATURE_COLUMNS};
use crate::documents::card::Card;
use crate::documents::chart;
use crate::documents::licence;
use crate::documents::page::{Block, Line, line, ours, text, theirs};
use crate::documents::withdrawal_policy::POLICY;
use crate::documents::words::{agreement, collection, decibels, details, duration, label_noise, own_limits, percent};
use crate::formats::Format;
use crate::{ANSWERS_FILE, CARD_FILE, CLIPS_FILE, FEATURES_FILE, SUMS_FILE};

/// The card lists this many phrases and counts the rest: it is to be read, the table has all.
pub const PHRASES_LISTED: usize = 100;

/// All sections in order.
pub(crate) fn all(card: &Card) -> Vec<Block> {
    let sections = [
        authorship(card),
        overview(card),
        example_points(card),
        motivations(card),
        access(card),
        provenance(card),
        sensitive(card),
        extended_use(card),
        transformations(card),
        annotations(card),
        validation(card),
        sampling(card),
        applications(card),
        terms(),
        reflections(card),
    ];
    sections.concat()
}

fn authorship(card: &Card) -> Vec<Block> {
    let about = &card.about;
    let mut facts = Vec::new();
    for (what, value) in [
        ("Publisher", &about.creator),
        ("Contact", &about.contact),
        ("Address", &about.url),
        ("Looked after by", &about.maintenance),
    ] {
        if !value.trim().is_empty() {
            facts.push(vec![ours(what), theirs(value)]);
        }
    }
    facts.push(vec![ours("Released on"), theirs(&card.released_on)]);
    facts.push(vec![ours("Version"), theirs(&card.version)]);
    facts.push(vec![ours("Made with"), line("version {} of the code", &[&card.code_version])]);
    facts.push(vec![ours("Cite as"), theirs(&licence::citation(card))]);
    vec![Block::Section("Authorship"), Block::Table { head: vec!["What", "Value"], rows: facts }]
}

fn overview(card: &Card) -> Vec<Block> {
    let counts = &card.counts;
    let mut facts = vec![
        fact("Clips", counts.clips),
        fact("of them synthetic", counts.synthetic),
        fact("Speakers", counts.speakers),
        fact("Phrases", counts.phrases.len()),
        fact("Length of all clips", duration(counts.hours)),
        fact("Answers", counts.answers),
        fact("Annotators", counts.annotators),
    ];
    if let Some(share) = card.accepted_share {
        facts.push(fact("Accepted of the judged clips", percent(share)));
    }
    if let Some(snr) = counts.snr_db {
        facts.push(fact("Signal-to-noise ratio, 10th percentile", decibels(snr.p10)));
        facts.push(fact("Signal-to-noise ratio, median", decibels(snr.p50)));
        facts.push(fact("Signal-to-noise ratio, 90th percentile", decibels(snr.p90)));
    }
    let mut blocks = vec![Block::Section("Overview")];
    if !card.about.description.trim().is_empty() {
        blocks.push(Block::Text(theirs(&card.about.description)));
    }
    blocks.push(text(
        "Short recordings of prompted phrases in the language {}. Each has a label decided from people's answers, the \
         answers themselves, and measurements of the sound. A release never changes; what is corrected later comes as \
         a new version.",
        &[&card.language],
    ));
    blocks.push(Block::Table { head: vec!["What", "How much"], rows: facts });
    blocks.extend(phrases(card));
    blocks.extend(files(card));
    blocks
}

fn phrases(card: &Card) -> Vec<Block> {
    let counts = &card.counts.phrases;
    let listed = &counts[..counts.len().min(PHRASES_LISTED)];
    if listed.is_empty() {
        return vec![text("This release holds no clips.", &[])];
    }
    let row = |count: &crate::PhraseCount| {
        let [train, dev, test] = count.splits;
        [theirs(&count.phrase)].into_iter().chain([count.clips, count.speakers, train, dev, test].map(ours)).collect()
    };
    let title = "Clips per phrase";
    let mut blocks = vec![Block::Chart {
        title,
        svg: chart::phrases(title, listed),
        head: vec!["Phrase", "Clips", "Speakers", "In train", "In dev", "In test"],
        rows: listed.iter().map(row).collect(),
    }];
    let unlisted = counts.len() - listed.len();
    if unlisted > 0 {
        blocks.push(Block::Text(ours(format!("Phrases with fewer clips, not listed here: {unlisted}."))));
    }
    blocks
}

fn files(card: &Card) -> Vec<Block> {
    let mut files = vec![
        line(&format!("`{CLIPS_FILE}`: one row per clip"), &[]),
        line(&format!("`{ANSWERS_FILE}`: one row per answer"), &[]),
        line("the recordings, at the paths in the column `file`", &[]),
        line(&format!("`{CARD_FILE}`: this card"), &[]),
        line(
            &format!("`{SUMS_FILE}`: checksums; `sha256sum --check {SUMS_FILE}` tells whether all files are whole"),
            &[],
        ),
    ];
    for (path, meaning) in card.formats.iter().map(|format| format.about()) {
        files.push(line(&format!("`{path}`: {meaning}"), &[]));
    }
    vec![Block::Heading("Files"), Block::List(files)]
}

fn example_points(card: &Card) -> Vec<Block> {
    let mut blocks = vec![Block::Section("Example points")];
    if !card.examples.is_empty() {
        let row = |row: &crate::ClipRow| {
            let probability = ours(format!("{:.3}", row.probability));
            vec![theirs(&row.clip_id), theirs(&row.phrase), theirs(&row.label), probability, ours(decibels(row.snr_db))]
        };
        blocks.push(Block::Table {
            head: vec!["Clip", "Phrase", "Label", "Probability", "Signal-to-noise ratio"],
            rows: card.examples.iter().map(row).collect(),
        });
    }
    let mut tables = vec![(CLIPS_FILE, &CLIP_COLUMNS[..]), (ANSWERS_FILE, &ANSWER_COLUMNS[..])];
    if card.formats.contains(&Format::Features) {
        tables.push((FEATURES_FILE, &FEATURE_COLUMNS[..]));
    }
    for (file, columns) in tables {
        blocks.push(text(&format!("Columns of `{file}`:"), &[]));
        blocks.push(column_table(columns));
    }
    blocks
}

fn column_table(columns: &[Column]) -> Block {
    let row = |column: &Column| {
        let name = line(&format!("`{}`", column.name), &[]);
        vec![name, ours(column.kind.as_str()), ours(column.unit), ours(column.meaning)]
    };
    Block::Table { head: vec!["Column", "Type", "Unit", "Meaning"], rows: columns.iter().map(row).collect() }
}

fn motivations(card: &Card) -> Vec<Block> {
    let about = &card.about;
    let mut blocks = vec![Block::Section("Motivations")];
    blocks.push(if about.motivation.trim().is_empty() {
        text("To train and to test models that recognise spoken phrases such as wake words.", &[])
    } else {
        Block::Text(theirs(&about.motivation))
    });
    let uses = [("Suitable uses", &about.suitable_uses), ("Unsuitable uses", &about.unsuitable_uses)];
    for (title, uses) in uses.into_iter().filter(|(_, uses)| !uses.is_empty()) {
        blocks.push(Block::Heading(title));
        blocks.push(Block::List(uses.iter().map(|sentence| theirs(sentence)).collect()));
    }
    blocks
}

fn access(card: &Card) -> Vec<Block> {
    let consent = match card.consent_versions.join(", ") {
        versions if versions.is_empty() => text("No consent text is on record for this release.", &[]),
        versions => text("Versions of the consent text to which contributors agreed: {}.", &[&versions]),
    };
    vec![
        Block::Section("Access, retention and wipeout"),
        consent,
        text("Licence: {}. Access: {}.", &[&card.licence, card.access.as_str()]),
        text("A voice can identify a person. Please do not try to find out who the speakers and annotators are.", &[]),
        Block::Heading("Withdrawals"),
        Block::List(POLICY.iter().map(ours).collect()),
    ]
}

fn provenance(card: &Card) -> Vec<Block> {
    let mut sentences = Line::default();
    if let Some(period) = &card.collected {
        sentences.0.extend(line("Recorded from {} to {}. ", &[&period.first, &period.last]).0);
    }
    sentences.0.extend(collection(card).0);
    let lengths = "Clips by length (ms)";
    let mut blocks = vec![Block::Section("Provenance"), Block::Text(sentences)];
    if card.counts.clips > 0 {
        blocks.push(histogram(lengths, "Length in ms", "Clips", &card.counts.length_histogram));
    }
    blocks
}

fn sensitive(card: &Card) -> Vec<Block> {
    vec![
        Block::Section("Sensitive attributes"),
        text("The voice itself, which can identify a person and may tell of age, gender, origin or health.", &[]),
        text(&details(card), &[]),
        text(
            "Names of people are pseudonyms made for this release only; names of two releases do not link, but a voice \
             still does, and so does a clip that is in both.",
            &[],
        ),
    ]
}

fn extended_use(card: &Card) -> Vec<Block> {
    let row = |count: &crate::SplitCount| vec![ours(count.split.as_str()), ours(count.clips), ours(count.speakers)];
    let program = |language, text: String| Block::Program { language, text };
    let mut blocks = vec![
        Block::Section("Extended use"),
        Block::Heading("Splits"),
        Block::Table { head: vec!["Split", "Clips", "Speakers"], rows: card.counts.splits.iter().map(row).collect() },
        text(
            "No speaker is in two splits. The SHA-1 hash of the pseudonym in `speaker` decides, by the rule of Speech \
             Commands (about 80 % of the speakers train, 10 % dev, 10 % test). Pseudonyms are new in each release, but \
             chosen so that speakers stay in the split that they have: nobody of test moves to train in a later release. \
             Only when a split would be left without speakers are all divided anew.",
            &[],
        ),
        Block::Heading("How to load"),
        program("python", format!("import pandas as pd; clips = pd.read_parquet(\"{CLIPS_FILE}\")")),
        program(
            "sql",
            format!("SELECT split, label, count(*) FROM '{CLIPS_FILE}' GROUP BY ALL ORDER BY ALL; -- DuckDB"),
        ),
        program("python", format!("import pyarrow.parquet as pq; clips = pq.read_table(\"{CLIPS_FILE}\")")),
    ];
    if card.formats.contains(&Format::AudioParquet) {
        let load = "from datasets import load_dataset; clips = load_dataset(\".\")  # the folder of the release";
        blocks.push(program("python", load.to_owned()));
    }
    blocks
}

fn transformations(card: &Card) -> Vec<Block> {
    let snr = "Clips by signal-to-noise ratio (dB)";
    let mut blocks = vec![
        Block::Section("Transformations"),
        text(
            "Recordings were made mono, resampled to 16 kHz and stored as 16-bit WAV files. Nothing was cut, denoised or \
             made louder; tags were removed. `original_sha256` names the file as it was uploaded.",
            &[],
        ),
    ];
    if card.counts.clips > 0 {
        blocks.push(histogram(snr, "Signal-to-noise ratio in dB", "Clips", &card.counts.snr_histogram));
    }
    blocks
}

fn annotations(card: &Card) -> Vec<Block> {
    let mut blocks = vec![
        Block::Section("Annotations"),
        text(
            &format!(
                "Annotators listened to a clip and said whether it holds its phrase. Their answers were joined into one \
                 label by the method {{}}; `probability` is that method's own estimate of how likely the label is right. \
                 Every answer is in `{ANSWERS_FILE}` with its weight, so you can decide otherwise."
            ),
            &[&card.method],
        ),
        text(&agreement(card), &[]),
    ];
    if !card.about.annotator_demographics.trim().is_empty() {
        blocks.push(Block::Text(theirs(&card.about.annotator_demographics)));
    }
    blocks
}

fn validation(card: &Card) -> Vec<Block> {
    let mut blocks = vec![Block::Section("Validation"), text(&label_noise(card), &[])];
    if card.calibration.is_empty() {
        blocks.push(text("The probabilities were not compared with gold, so their calibration is not known.", &[]));
        return blocks;
    }
    let title = "Probability given and share that was right, on gold";
    let row = |bin: &crate::CalibrationBin| {
        vec![ours(format!("{:.3}", bin.mean_probability)), ours(format!("{:.3}", bin.right_share)), ours(bin.clips)]
    };
    blocks.push(Block::Chart {
        title,
        svg: chart::calibration(title, &card.calibration),
        head: vec!["Mean probability", "Share that was right", "Clips"],
        rows: card.calibration.iter().map(row).collect(),
    });
    blocks
}

fn sampling(card: &Card) -> Vec<Block> {
    let title = "Speakers by number of clips";
    let mut blocks = vec![
        Block::Section("Sampling"),
        text("Contributors choose themselves to take part; the speakers are no sample of any population.", &[]),
    ];
    if card.counts.speakers > 0 {
        blocks.push(histogram(title, "Clips of a speaker", "Speakers", &card.counts.speaker_histogram));
    }
    blocks
}

fn applications(card: &Card) -> Vec<Block> {
    let known = &card.about.known_applications;
    let block = if known.is_empty() {
        text("None is known yet.", &[])
    } else {
        Block::List(known.iter().map(|sentence| theirs(sentence)).collect())
    };
    vec![Block::Section("Known applications"), block]
}

fn terms() -> Vec<Block> {
    let terms = [
        "Clip: one recording of one phrase by one speaker.",
        "Answer: what one annotator said about one clip.",
        "Label: what was decided from the answers on a clip.",
        "Gold: a clip whose right label is known; gold is not part of a release.",
        "Pseudonym: a name that means nothing outside this release.",
        "Signal-to-noise ratio: level of the loudest 300 ms over the level of the noise around the speech.",
    ];
    vec![Block::Section("Terms of art"), Block::List(terms.iter().map(ours).collect())]
}

fn reflections(card: &Card) -> Vec<Block> {
    let mut blocks = vec![Block::Section("Reflections on data"), Block::Heading("Known limits")];
    let mut limits: Vec<Line> = card.known_limits.iter().map(|limit| theirs(limit)).collect();
    limits.extend(own_limits(card).iter().map(ours));
    blocks.push(Block::List(limits));
    if !card.about.biases.is_empty() {
        blocks.push(Block::Heading("Known biases"));
        blocks.push(Block::List(card.about.biases.iter().map(|bias| theirs(bias)).collect()));
    }
    blocks
}

fn histogram(title: &'static str, unit: &'static str, what: &'static str, bins: &[crate::Bin]) -> Block {
    Block::Chart {
        title,
        svg: chart::histogram(title, unit, bins),
        head: vec![unit, what],
        rows: bins.iter().map(|bin| vec![ours(chart::edges(bin)), ours(bin.count)]).collect(),
    }
}

fn fact(what: &str, value: impl ToString) -> Vec<Line> {
    vec![ours(what), ours(value)]
}
