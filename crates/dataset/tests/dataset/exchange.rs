//! The formats of others: each read back as its own tools read it.

use super::{answer, clip, three_clips};
use bytes::Bytes;
use dataset::formats::audio_parquet::{SoundRow, SoundWriter};
use dataset::formats::common_voice::{self, List};
use dataset::formats::features::FeatureWriter;
use dataset::formats::parquet::{AnswerWriter, ClipWriter, partition};
use dataset::formats::{edge_impulse, label_studio, mswc, speech_commands, tags, webdataset};
use dataset::release::shards::plan;
use dataset::split::{keyword_label, keyword_labels, split_of_file};
use dataset::{ClipRow, DatasetError, FeatureRow, Split};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;

/// A clip with a path as Speech Commands wants it and a recording of its own.
fn sound(number: i32, speaker: &str, phrase: &str) -> SoundRow {
    let mut clip = clip(number, speaker, phrase);
    clip.label = phrase.to_owned();
    clip.file = format!("clips/{}/{speaker}_nohash_{number}.wav", phrase.replace(' ', "_"));
    let samples: Vec<f32> = (0..800).map(|at| (at as f32 * 0.1 * number as f32).sin() * 0.5).collect();
    SoundRow { clip, wav: Bytes::from(audio::wav::encode_pcm16(&samples, 16_000)) }
}

fn sounds() -> Vec<SoundRow> {
    vec![
        sound(1, "speaker-1", "hello sayso"),
        sound(2, "speaker-2", "hello sayso"),
        sound(3, "4fb2e1c0d9a8b7665544", "stop"),
        sound(4, "speaker-1", "stop"),
    ]
}

fn rows() -> Vec<ClipRow> {
    sounds().into_iter().map(|sound| sound.clip).collect()
}

fn unpack(tar: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        assert_eq!(entry.header().mtime().unwrap(), 0);
        let (path, mut bytes) = (entry.path().unwrap().display().to_string(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        (path, bytes)
    });
    entries.collect()
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> Result<(), DatasetError>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_shard_of_webdataset_has_row_and_sound_side_by_side() {
    let write = || {
        let mut shard = webdataset::ShardWriter::new(Vec::new());
        sounds().iter().for_each(|row| shard.push(row).unwrap());
        shard.finish().unwrap()
    };
    let (tar, files) = (write(), unpack(&write()));
    assert_eq!(tar, write());
    assert_eq!(files.len(), 8);
    for sound in sounds() {
        let row: ClipRow = serde_json::from_slice(&files[&format!("{}.json", sound.clip.clip_id)]).unwrap();
        assert_eq!(row, sound.clip);
        assert_eq!(files[&format!("{}.wav", sound.clip.clip_id)], sound.wav);
    }
    let planned: u64 = sounds().iter().map(|row| webdataset::size_bytes(row.wav.len() as u64)).sum();
    assert!(tar.len() as u64 <= planned + 1024, "a shard may not outgrow its plan");
    let mut odd = sounds()[0].clone();
    odd.clip.clip_id = "a.b".to_owned();
    assert!(webdataset::ShardWriter::new(Vec::new()).push(&odd).is_err(), "the key would end at the dot");
}

#[test]
fn speech_commands_lists_are_those_of_the_hash() {
    let mut writer = speech_commands::FolderWriter::new(Vec::new(), Vec::new(), 0);
    let mut all = sounds();
    all.push(sound(5, "speaker-2", "_background_noise_"));
    all.push(sound(6, "speaker-2", "_unknown_"));
    all.iter().for_each(|row| writer.push(row).unwrap());
    let files = unpack(&writer.finish(None, "Terms").unwrap());
    let list = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    assert_eq!(list("validation_list.txt"), "_unknown_/speaker-2_nohash_6.wav\nhello_sayso/speaker-2_nohash_2.wav\n");
    assert_eq!(list("testing_list.txt"), "stop/4fb2e1c0d9a8b7665544_nohash_3.wav\n");
    assert_eq!(list("LICENSE"), "Terms");
    assert!(files.contains_key("hello_sayso/speaker-1_nohash_1.wav"));
    assert!(files.contains_key("_background_noise_/speaker-2_nohash_5.wav"));
    assert_eq!(split_of_file("stop/speaker-2_nohash_7.wav"), Split::Dev);
    let mut other = sounds()[0].clone();
    other.clip.file = "clips/stop/speaker-2_nohash_1.wav".to_owned();
    let error = speech_commands::FolderWriter::new(Vec::new(), Vec::new(), 0).push(&other).unwrap_err();
    assert!(matches!(error, DatasetError::BadPath { .. }), "another speaker's name would change the split");
}

#[test]
fn an_archive_of_speech_commands_is_never_larger_than_planned() {
    const MOST: u64 = 1 << 17;
    let phrase = "so long a phrase that its folder has no room in the head of a member ".repeat(3);
    // All in the lists, and with pauses enough for the most noise.
    let speakers = ["speaker-2", "4fb2e1c0d9a8b7665544", "speaker-1"];
    let mut rows: Vec<SoundRow> =
        (1..=90).map(|number| sound(number, speakers[number as usize % 3], &phrase)).collect();
    for row in &mut rows {
        let samples: Vec<f32> = (0..8 * row.clip.length_ms).map(|at| (at as f32).sin() * 0.1).collect();
        row.wav = Bytes::from(audio::wav::encode_pcm16(&samples, 16_000));
        (row.clip.speech_start_ms, row.clip.speech_end_ms) = (150, 150);
    }
    let sizes = rows.iter().map(|row| (Split::Train, speech_commands::size_bytes(row.wav.len() as u64)));
    let shards = plan(sizes, MOST - speech_commands::beside_clips_bytes(MOST));
    assert!(shards.iter().any(|shard| shard.clips > 1), "{shards:?}");
    for shard in shards {
        let noise_bytes = speech_commands::noise_max_bytes(MOST);
        let mut writer = speech_commands::FolderWriter::new(Vec::new(), Vec::new(), noise_bytes);
        rows[shard.first..shard.first + shard.clips].iter().for_each(|row| writer.push(row).unwrap());
        let archive = writer.finish(Some(shard.number), &"Terms. ".repeat(140)).unwrap();
        assert!(archive.len() as u64 <= MOST, "{} clips in {} bytes", shard.clips, archive.len());
    }
}

#[test]
fn what_nobody_listens_for_is_unknown() {
    let mut writer = speech_commands::FolderWriter::new(Vec::new(), vec!["stop".to_owned()], 0);
    sounds().iter().for_each(|row| writer.push(row).unwrap());
    let files = unpack(&writer.finish(None, "Terms").unwrap());
    let wavs: Vec<&str> = files.keys().map(String::as_str).filter(|path| path.ends_with(".wav")).collect();
    assert_eq!(
        wavs,
        [
            "_unknown_/speaker-1_nohash_1.wav",
            "_unknown_/speaker-2_nohash_2.wav",
            "stop/4fb2e1c0d9a8b7665544_nohash_3.wav",
            "stop/speaker-1_nohash_4.wav"
        ]
    );
    assert_eq!(files["validation_list.txt"], b"_unknown_/speaker-2_nohash_2.wav\n");
}

/// A word of half a second at full scale between pauses that hum softly.
fn in_a_room(number: i32, speaker: &str, hum: f32) -> SoundRow {
    let mut row = sound(number, speaker, "stop");
    let speech = 8_000..16_000;
    let sample = |at: usize| if speech.contains(&at) { 0.9 } else { hum };
    let samples: Vec<f32> = (0..24_000).map(sample).collect();
    row.wav = Bytes::from(audio::wav::encode_pcm16(&samples, 16_000));
    (row.clip.speech_start_ms, row.clip.speech_end_ms) = (500, 1_000);
    row
}

#[test]
fn background_noise_is_the_pauses_of_train_and_nothing_of_the_words() {
    let noise_of = |rows: &[SoundRow], max_bytes: u64| {
        let mut writer = speech_commands::FolderWriter::new(Vec::new(), Vec::new(), max_bytes);
        rows.iter().for_each(|row| writer.push(row).unwrap());
        let files = unpack(&writer.finish(Some(3), "Terms").unwrap());
        let noise = files.get("_background_noise_/pauses_00003.wav");
        noise.map(|wav| audio::wav::decode(wav, &audio::wav::Limits::default()).unwrap().samples)
    };
    let speakers = ["speaker-1", "speaker-2", "4fb2e1c0d9a8b7665544"];
    let hums = [0.01, 0.02, 0.03];
    let mut rows: Vec<SoundRow> =
        speakers.into_iter().zip(hums).zip(1..).map(|((who, hum), number)| in_a_room(number, who, hum)).collect();
    rows.push(in_a_room(4, "speaker-1", 0.01));
    let mut variant = in_a_room(5, "speaker-1", 0.04);
    variant.clip.parent_clip_id = Some("clip-0004".to_owned());
    rows.push(variant);
    let noise = noise_of(&rows, 1 << 20).unwrap();
    assert_eq!(noise.len(), 4 * 400 * 16, "400 ms before and after each of two words");
    assert!(noise.iter().all(|x| *x < 0.0101), "only the room of the speaker of train, and no word");
    let loud = noise.iter().filter(|x| **x > 0.0099).count();
    assert!(loud > noise.len() * 95 / 100, "faded at the edges only: {loud}");
    assert_eq!(noise_of(&rows, 40_000).unwrap().len(), 20_000);
    assert!(noise_of(&rows[..1], 1 << 20).is_none(), "less than a second is of no use");
}

#[test]
fn keyword_models_count_from_silence() {
    let wanted = ["stop".to_owned(), "go".to_owned()];
    assert_eq!(keyword_labels(&wanted), ["_silence_", "_unknown_", "stop", "go"]);
    for (label, learned) in
        [("stop", "stop"), ("hello", "_unknown_"), ("_silence_", "_silence_"), ("_background_noise_", "_silence_")]
    {
        assert_eq!(keyword_label(label, &wanted), learned);
    }
}

#[test]
fn common_voice_lists_have_its_columns_and_no_formulas() {
    let mut rows = rows();
    rows[0].phrase = "=cmd|'/c calc'!A1\tx".to_owned();
    rows[0].gender = Some("female_feminine".to_owned());
    let validated = text(|out| common_voice::write_list(out, List::Validated, &rows));
    let lines: Vec<Vec<&str>> = validated.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(
        lines[0].join(" "),
        "client_id path sentence sentence_id sentence_domain up_votes down_votes age gender accents variant locale segment"
    );
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[1][2], "'=cmd|'/c calc'!A1 x");
    assert_eq!((lines[1][5], lines[1][7], lines[1][8], lines[1][11]), ("2", "thirties", "female_feminine", "en-GB"));
    let dev = text(|out| common_voice::write_list(out, List::Split(Split::Dev), &rows));
    assert!(dev.lines().count() == 2 && dev.contains("common_voice_en-GB_clip-0002.wav"));
    let other = text(|out| common_voice::write_list(out, List::Invalidated, &rows));
    assert_eq!(other.lines().count(), 1);
    let durations = text(|out| common_voice::write_durations(out, &rows));
    assert!(durations.starts_with("clip\tduration[ms]\ncommon_voice_en-GB_clip-0001.wav\t1201\n"));
}

#[test]
fn mswc_rows_link_to_word_and_file() {
    let mut rows = rows();
    rows[2].gender = Some("male_masculine".to_owned());
    let all = text(|out| mswc::write(out, None, &rows));
    assert!(all.starts_with("SET,LINK,WORD,VALID,SPEAKER,GENDER\nTRAIN,hello_sayso/speaker-1_nohash_1.wav,hello sayso,True,speaker-1,NAN\n"), "{all}");
    let test = text(|out| mswc::write(out, Some(Split::Test), &rows));
    assert_eq!(
        test,
        "LINK,WORD,VALID,SPEAKER,GENDER\nstop/4fb2e1c0d9a8b7665544_nohash_3.wav,stop,True,4fb2e1c0d9a8b7665544,MALE\n"
    );
}

#[test]
fn label_studio_gets_every_answer_and_the_consensus() {
    let rows = rows();
    let answers = [
        answer(&rows[0], "ann", "yes", None),
        answer(&rows[0], "ben", "no", Some("noise")),
        answer(&rows[3], "ann", "yes", None),
    ];
    let tasks = text(|out| label_studio::write(out, "https://data.example.org/", &rows, &answers));
    let tasks: Vec<Value> = serde_json::from_str(&tasks).unwrap();
    assert_eq!(tasks.len(), 4);
    assert_eq!(tasks[0]["data"]["audio"], "https://data.example.org/clips/hello_sayso/speaker-1_nohash_1.wav");
    let counts: Vec<usize> = tasks.iter().map(|task| task["annotations"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [2, 0, 0, 1]);
    let choice =
        json!({ "from_name": "choice", "to_name": "audio", "type": "choices", "value": { "choices": ["no"] } });
    assert_eq!(tasks[0]["annotations"][1]["result"][0], choice);
    assert_eq!(
        (&tasks[0]["annotations"][1]["lead_time"], &tasks[0]["predictions"][0]["score"]),
        (&json!(3.5), &json!(0.97))
    );
    let stray = [answer(&clip(9, "x", "y"), "ann", "yes", None)];
    assert!(label_studio::write(Vec::new(), "", &rows, &stray).is_err());
    assert_eq!(text(|out| label_studio::write(out, "", &[], &[])), "[]\n");
}

#[test]
fn edge_impulse_is_told_label_and_category_of_each_file() {
    let info: Value = serde_json::from_str(&text(|out| edge_impulse::write(out, &rows()))).unwrap();
    let files = info["files"].as_array().unwrap();
    let seen: Vec<(&str, &str)> = files
        .iter()
        .map(|file| (file["category"].as_str().unwrap(), file["label"]["label"].as_str().unwrap()))
        .collect();
    let expected =
        [("training", "hello sayso"), ("training", "hello sayso"), ("testing", "stop"), ("training", "stop")];
    assert_eq!((&info["version"], seen.as_slice()), (&json!(1), expected.as_slice()));
}

#[test]
fn tables_with_sound_hold_the_very_bytes() {
    let mut writer = SoundWriter::new(Vec::new()).unwrap();
    sounds().iter().for_each(|row| writer.push(row).unwrap());
    let file = Bytes::from(writer.finish().unwrap());
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let hub = metadata.iter().find(|pair| pair.key == "huggingface").unwrap().value.clone().unwrap();
    let hub: Value = serde_json::from_str(&hub).unwrap();
    assert_eq!(hub["info"]["features"]["audio"], json!({ "_type": "Audio", "sampling_rate": 16000 }));
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    use arrow_array::cast::AsArray;
    let sound = batch.column_by_name("audio").unwrap().as_struct();
    let bytes: Vec<&[u8]> = sound.column_by_name("bytes").unwrap().as_binary::<i32>().iter().flatten().collect();
    assert!(bytes.iter().zip(sounds()).all(|(bytes, row)| **bytes == *row.wav));
}

#[test]
fn features_must_fill_their_matrix() {
    let row = |clip_id: &str, values| FeatureRow {
        clip_id: clip_id.to_owned(),
        spec: "logmel-v1".to_owned(),
        bands: 2,
        frames: 3,
        values,
    };
    let mut writer = FeatureWriter::new(Vec::new()).unwrap();
    writer.push(&row("a", vec![0.5; 6])).unwrap();
    assert!(matches!(writer.push(&row("b", vec![0.5; 5])), Err(DatasetError::WrongSize { .. })));
    assert!(matches!(writer.push(&row("b", vec![f32::NAN; 6])), Err(DatasetError::NotFinite { .. })));
    assert!(matches!(writer.push(&row("a", vec![0.5; 6])), Err(DatasetError::OutOfOrder { .. })));
    assert!(writer.finish().unwrap().starts_with(b"PAR1"));
}

#[test]
fn streamed_rows_must_come_in_order() {
    let rows = three_clips();
    let mut clips = ClipWriter::of_partition(Vec::new()).unwrap();
    clips.push(&rows[1]).unwrap();
    assert!(matches!(clips.push(&rows[0]), Err(DatasetError::OutOfOrder { .. })));
    let mut answers = AnswerWriter::new(Vec::new()).unwrap();
    answers.push(&answer(&rows[0], "ben", "yes", None)).unwrap();
    assert!(matches!(answers.push(&answer(&rows[0], "ann", "yes", None)), Err(DatasetError::OutOfOrder { .. })));
    assert_eq!(partition(Split::Dev, "en-GB/..", 2), "tables/clips/split=dev/language=en-GB___/part-00002.parquet");
}

#[test]
fn tags_are_taken_out_and_samples_are_not() {
    let plain = sounds()[0].wav.to_vec();
    let mut tagged = plain.clone();
    tagged.extend_from_slice(b"LIST\x09\0\0\0INFOIART!\0");
    let length = u32::try_from(tagged.len() - 8).unwrap();
    tagged[4..8].copy_from_slice(&length.to_le_bytes());
    assert_eq!(tags::strip(&tagged).unwrap(), plain);
    assert_eq!(tags::strip(&plain).unwrap(), plain);
    for broken in [&plain[..20], &plain[..plain.len() - 1], b"ID3", &tagged[..12]] {
        assert!(matches!(tags::strip(broken), Err(DatasetError::NotWav)));
    }
}
