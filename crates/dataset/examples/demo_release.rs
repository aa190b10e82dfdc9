//! Writes a release of synthetic clips into a folder, in every format: `demo_release FOLDER`.
//!
//! A program speaks; people and answers are made up. It is small, complete and the same every
//! time, for trying out tools: `tests/python/load_formats.py` loads what it writes.

use bytes::Bytes;
use dataset::anonymity::{Access, Person, Told, protect};
use dataset::documents::{croissant, gate, licence, withdrawal_policy};
use dataset::formats::audio_parquet::{self, SoundRow, SoundWriter};
use dataset::formats::common_voice::{self, List};
use dataset::formats::features::FeatureWriter;
use dataset::formats::parquet::{AnswerWriter, ClipWriter, partition};
use dataset::formats::{edge_impulse, label_studio, mswc, speech_commands, webdataset};
use dataset::release::manifest::{Digesting, FileEntry, Manifest};
use dataset::release::shards::{SHARD_MAX_BYTES, plan};
use dataset::{
    About, AnswerRow, CalibrationBin, Card, ClipRow, FeatureRow, Format, LabelNoise, Period, Split, Tally, pseudonym,
    split_of,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

const PHRASES: [&str; 4] = ["alexa", "computer", "hey sayso", "jarvis"];
const SPEAKERS: usize = 60;
const TAKES: usize = 2;
const ANNOTATORS: usize = 9;
const LANGUAGE: &str = "en-GB";
const KEY: [u8; 32] = [42; 32];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or("say into which folder: demo_release FOLDER")?;
    let mut out = Folder { root: PathBuf::from(folder), files: Vec::new() };
    let sounds = sounds();
    let answers = answers(&sounds);
    let sounds: Vec<SoundRow> = sounds.into_iter().map(|sound| judged(sound, &answers)).collect();
    tables(&mut out, &sounds, &answers)?;
    archives(&mut out, &sounds)?;
    lists(&mut out, &sounds, &answers)?;
    documents(&mut out, &sounds, &answers)
}

/// Where the files go, and what went there.
struct Folder {
    root: PathBuf,
    files: Vec<FileEntry>,
}

type Out = Digesting<BufWriter<File>>;

impl Folder {
    fn write<E>(&mut self, path: &str, write: impl FnOnce(Out) -> std::result::Result<Out, E>) -> Result<()>
    where
        Box<dyn std::error::Error>: From<E>,
    {
        let place = self.root.join(path);
        std::fs::create_dir_all(place.parent().ok_or("no folder")?)?;
        let (mut file, entry) = write(Digesting::new(BufWriter::new(File::create(place)?)))?.finish(path);
        file.flush()?;
        self.files.push(entry);
        Ok(())
    }

    fn text(&mut self, path: &str, text: &str) -> Result<()> {
        self.write(path, |mut out| out.write_all(text.as_bytes()).map(|()| out))
    }
}

/// A number from 0 to `below - 1` that looks random.
fn draw(what: &str, number: usize, below: usize) -> usize {
    let digest = dataset::sha256_hex(format!("{what} {number}").as_bytes());
    usize::from_str_radix(&digest[..8], 16).unwrap_or(0) % below
}

/// What the speakers told, as far as it may be told.
fn people() -> BTreeMap<usize, Person> {
    let person = |number| Person {
        languages: BTreeSet::from([LANGUAGE.to_owned()]),
        age: Some(["twenties", "thirties", "fourties", "sixties"][draw("age", number, 4)].to_owned()),
        gender: Some(["female_feminine", "male_masculine"][draw("gender", number, 2)].to_owned()),
        accent: (draw("accent", number, 3) == 0).then(|| "scotland".to_owned()),
        device: Some(["phone", "computer"][draw("device", number, 2)].to_owned()),
    };
    let told: BTreeMap<String, Person> = (0..SPEAKERS).map(|number| (format!("{number:04}"), person(number))).collect();
    protect(&told, Access::Public.k()).into_values().enumerate().collect()
}

fn sounds() -> Vec<SoundRow> {
    let people = people();
    let clips = SPEAKERS * PHRASES.len() * TAKES;
    (0..clips).map(|number| sound(number, &people[&(number % SPEAKERS)])).collect()
}

fn sound(number: usize, person: &Person) -> SoundRow {
    let (speaker, phrase) = (number % SPEAKERS, PHRASES[number / SPEAKERS % PHRASES.len()]);
    let of = |what: &str, range: f64| draw(what, speaker, 1000) as f64 / 1000.0 * range;
    let voice = audio::synth::Voice::new(95.0 + of("pitch", 160.0), 1.0 + of("tract", 0.25), 0.9 + of("rate", 0.3));
    let seed = number as u64;
    let word = audio::synth::speech(seed, phrase, &voice, 16_000);
    let noise_dbfs = -66.0 + draw("noise", number, 20) as f64;
    let wav = audio::wav::encode_pcm16(&audio::synth::scene(&word, 250, 250, noise_dbfs, seed, 16_000), 16_000);
    let clip = audio::wav::decode(&wav, &audio::wav::Limits::default()).expect("what was just written");
    let report = audio::measure(&clip, &audio::Policy::default());
    let name = pseudonym(&KEY, &format!("speaker:{speaker}"));
    let row = ClipRow {
        clip_id: format!("019a0000-0000-7000-8000-{number:012}"),
        file: format!("clips/{}/{name}_nohash_{}.wav", phrase.replace(' ', "_"), number / (SPEAKERS * PHRASES.len())),
        sha256: dataset::sha256_hex(&wav),
        original_sha256: dataset::sha256_hex(&wav),
        split: split_of(&name).as_str().to_owned(),
        speaker: name,
        phrase: phrase.to_owned(),
        language: LANGUAGE.to_owned(),
        label: phrase.to_owned(),
        method: "one-coin".to_owned(),
        length_ms: report.length_ms as i32,
        rate_hz: report.rate_hz as i32,
        snr_db: report.snr_db,
        noise_floor_dbfs: report.noise_floor_dbfs,
        speech_level_dbfs: report.speech_level_dbfs,
        peak_dbfs: report.peak_dbfs,
        rms_dbfs: report.rms_dbfs,
        dc_offset: report.dc_offset,
        clipped_ratio: report.clipped_ratio,
        speech_start_ms: report.speech_start_ms as i32,
        speech_end_ms: report.speech_end_ms as i32,
        report_version: report.version,
        device: person.device.clone(),
        echo_cancellation: Some(false),
        noise_suppression: None,
        auto_gain_control: Some(number.is_multiple_of(2)),
        age: person.age.clone(),
        gender: person.gender.clone(),
        accent: person.accent.clone(),
        synthetic: true,
        ..ClipRow::default()
    };
    SoundRow { clip: row, wav: Bytes::from(wav) }
}

/// Three answers on each clip, sorted as in their table.
fn answers(sounds: &[SoundRow]) -> Vec<AnswerRow> {
    let answer = |clip: usize, place: usize| {
        let doubt = draw("doubt", 3 * clip + place, 20);
        let label = if doubt == 0 {
            "no"
        } else if doubt == 1 {
            "unsure"
        } else {
            "yes"
        };
        AnswerRow {
            clip_id: sounds[clip].clip.clip_id.clone(),
            annotator: pseudonym(&KEY, &format!("annotator:{}", (clip + 2 * place) % ANNOTATORS)),
            label: label.to_owned(),
            reason: (label == "no").then(|| "=noise, or \"cut off\"".to_owned()),
            seconds: 2.0 + draw("seconds", 3 * clip + place, 50) as f64 / 10.0,
            weight: 0.9,
            counted: label != "unsure",
        }
    };
    let mut answers: Vec<AnswerRow> =
        (0..sounds.len()).flat_map(|clip| (0..3).map(move |place| answer(clip, place))).collect();
    answers.sort_by(dataset::parquet::answer_order);
    answers
}

/// The clip with what its answers make of it.
fn judged(mut sound: SoundRow, answers: &[AnswerRow]) -> SoundRow {
    let start = answers.partition_point(|answer| answer.clip_id < sound.clip.clip_id);
    let on_it = || answers[start..].iter().take_while(|answer| answer.clip_id == sound.clip.clip_id);
    let (yes, no) = (on_it().filter(|a| a.label == "yes").count(), on_it().filter(|a| a.label == "no").count());
    // Odds of 9 : 1 for each answer, from even odds.
    let odds = 9f64.powi(yes as i32 - no as i32);
    (sound.clip.answers, sound.clip.yes_answers, sound.clip.no_answers) =
        (on_it().count() as i32, yes as i32, no as i32);
    sound.clip.probability = odds / (1.0 + odds);
    sound
}

fn tables(out: &mut Folder, sounds: &[SoundRow], answers: &[AnswerRow]) -> Result<()> {
    for sound in sounds {
        out.write(&sound.clip.file, |mut file| file.write_all(&sound.wav).map(|()| file))?;
    }
    let rows = || sounds.iter().map(|sound| &sound.clip);
    out.write(dataset::CLIPS_FILE, |file| {
        let mut table = ClipWriter::new(file)?;
        rows().try_for_each(|row| table.push(row))?;
        table.finish()
    })?;
    out.write(dataset::ANSWERS_FILE, |file| {
        let mut table = AnswerWriter::new(file)?;
        answers.iter().try_for_each(|row| table.push(row))?;
        table.finish()
    })?;
    for split in Split::ALL {
        out.write(&partition(split, LANGUAGE, 0), |file| {
            let mut table = ClipWriter::of_partition(file)?;
            rows().filter(|row| row.split == split.as_str()).try_for_each(|row| table.push(row))?;
            table.finish()
        })?;
    }
    out.write(dataset::FEATURES_FILE, |file| {
        let mut table = FeatureWriter::new(file)?;
        for sound in sounds {
            let clip = audio::wav::decode(&sound.wav, &audio::wav::Limits::default()).expect("our own file");
            for features in [audio::mel::log_mel(&clip.samples), audio::mel::mfcc(&clip.samples)] {
                table.push(&FeatureRow {
                    clip_id: sound.clip.clip_id.clone(),
                    spec: features.spec,
                    bands: features.rows as i32,
                    frames: features.frames as i32,
                    values: features.values,
                })?;
            }
        }
        table.finish()
    })
}

/// Everything with sound inside, in shards.
fn archives(out: &mut Folder, sounds: &[SoundRow]) -> Result<()> {
    let mut by_split: Vec<(Split, &SoundRow)> = sounds.iter().map(|row| (split_of(&row.clip.speaker), row)).collect();
    by_split.sort_by_key(|(split, row)| (Split::ALL.iter().position(|other| other == split), &row.clip.clip_id));
    let sizes = by_split.iter().map(|(split, row)| (*split, webdataset::size_bytes(row.wav.len() as u64)));
    for shard in plan(sizes, SHARD_MAX_BYTES) {
        let rows = || by_split[shard.first..shard.first + shard.clips].iter().map(|(_, row)| *row);
        out.write(&webdataset::path(&shard.name()), |file| {
            let mut archive = webdataset::ShardWriter::new(file);
            rows().try_for_each(|row| archive.push(row))?;
            archive.finish()
        })?;
        out.write(&audio_parquet::path(&shard.name()), |file| {
            let mut table = SoundWriter::new(file)?;
            rows().try_for_each(|row| table.push(row))?;
            table.finish()
        })?;
    }
    let terms = "See LICENSE of the release.\n";
    out.write(&speech_commands::path(0), |file| {
        let mut archive =
            speech_commands::FolderWriter::new(file, Vec::new(), speech_commands::noise_max_bytes(SHARD_MAX_BYTES));
        sounds.iter().try_for_each(|row| archive.push(row))?;
        archive.finish(None, terms)
    })?;
    out.write(&format!("{}/clips-00000.tar", common_voice::folder("1.0.0", "2026-01-31", LANGUAGE)), |file| {
        let mut archive = common_voice::ClipsWriter::new(file);
        sounds.iter().try_for_each(|row| archive.push(row))?;
        archive.finish()
    })
}

/// Everything that is text.
fn lists(out: &mut Folder, sounds: &[SoundRow], answers: &[AnswerRow]) -> Result<()> {
    let rows = || sounds.iter().map(|sound| &sound.clip);
    let folder = common_voice::folder("1.0.0", "2026-01-31", LANGUAGE);
    for list in List::ALL {
        out.write(&format!("{folder}/{}", list.file()), |mut file| {
            common_voice::write_list(&mut file, list, rows()).map(|()| file)
        })?;
    }
    out.write(&format!("{folder}/clip_durations.tsv"), |mut file| {
        common_voice::write_durations(&mut file, rows()).map(|()| file)
    })?;
    for split in [None, Some(Split::Train), Some(Split::Dev), Some(Split::Test)] {
        out.write(&mswc::path(LANGUAGE, split), |mut file| mswc::write(&mut file, split, rows()).map(|()| file))?;
    }
    out.write(label_studio::TASKS_FILE, |mut file| {
        label_studio::write(&mut file, "https://data.example.org/demo/", rows(), answers).map(|()| file)
    })?;
    out.text(label_studio::CONFIG_FILE, label_studio::CONFIG)?;
    out.write(edge_impulse::INFO_FILE, |mut file| edge_impulse::write(&mut file, rows()).map(|()| file))
}

fn documents(out: &mut Folder, sounds: &[SoundRow], answers: &[AnswerRow]) -> Result<()> {
    let (mut tally, mut told) = (Tally::default(), Told::default());
    for sound in sounds {
        tally.clip(&sound.clip);
        told.clip(&sound.clip);
    }
    answers.iter().for_each(|answer| tally.answer(answer));
    let card = card(tally, sounds);
    out.text(dataset::CARD_FILE, &dataset::markdown(&card))?;
    out.text(dataset::CARD_PAGE_FILE, &dataset::html(&card))?;
    out.text(dataset::LICENCE_FILE, &licence::text(&card)?)?;
    out.text(dataset::WITHDRAWALS_FILE, &withdrawal_policy::markdown())?;
    // The recordings are many; each table row has the checksum of its own.
    let described: Vec<FileEntry> = out.files.iter().filter(|file| !file.path.ends_with(".wav")).cloned().collect();
    let description = croissant::description(&card, &described);
    gate::check(&card, &description, &told)?;
    out.text(dataset::CROISSANT_FILE, &croissant::to_json(&description)?)?;
    let features = 2 * sounds.len() as u64;
    let rows =
        [("clips", sounds.len() as u64), ("answers", answers.len() as u64), ("features", features), ("splits", 3)];
    let manifest = Manifest {
        dataset: card.project.clone(),
        version: "1.0.0".parse()?,
        snapshot_at: "2026-01-31T12:00:00Z".to_owned(),
        code_version: card.code_version,
        filter: "all".to_owned(),
        policies: BTreeMap::from([("k_anonymity".to_owned(), Access::Public.k().to_string())]),
        rows: rows.into_iter().map(|(table, rows)| (table.to_owned(), rows)).collect(),
        files: out.files.clone(),
    };
    out.text(dataset::MANIFEST_FILE, &manifest.to_json()?)?;
    let sums: Vec<(String, String)> = out.files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect();
    out.text(dataset::SUMS_FILE, &dataset::sums(&sums))
}

fn card(tally: Tally, sounds: &[SoundRow]) -> Card {
    let sentence = |text: &str| vec![text.to_owned()];
    Card {
        project: "Synthetic wake words".to_owned(),
        version: "1.0.0".to_owned(),
        licence: "CC0-1.0".to_owned(),
        language: LANGUAGE.to_owned(),
        released_on: "2026-01-31".to_owned(),
        collected: Some(Period { first: "2026-01-01".to_owned(), last: "2026-01-30".to_owned() }),
        consent_versions: sentence("1"),
        method: "one-coin".to_owned(),
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        accepted_share: Some(1.0),
        agreement_alpha: Some(0.01),
        known_limits: sentence("Nobody spoke: the clips are good for trying out tools only."),
        counts: tally.counts(),
        about: About {
            description: "Four phrases, spoken by a program in sixty voices.".to_owned(),
            creator: "Sayso".to_owned(),
            url: "https://data.example.org/demo".to_owned(),
            annotator_demographics: "There were no annotators; the answers are made up.".to_owned(),
            biases: sentence("All voices come from one synthesiser."),
            maintenance: "It is made anew with each version of the program.".to_owned(),
            suitable_uses: sentence("Trying out tools."),
            ..About::default()
        },
        access: Access::Public,
        calibration: vec![CalibrationBin { mean_probability: 0.98, right_share: 0.95, clips: 40 }],
        label_noise: Some(LabelNoise { wrong: 2, compared: 40 }),
        formats: Format::ALL.to_vec(),
        examples: sounds.iter().take(3).map(|sound| sound.clip.clone()).collect(),
    }
}
