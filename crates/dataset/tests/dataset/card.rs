//! The data card: every number given, nothing claimed that is not so, nothing injected.

use super::{answer, clip, three_clips};
use dataset::anonymity::Access;
use dataset::columns::{ANSWER_COLUMNS, CLIP_COLUMNS};
use dataset::{
    About, AnswerRow, CalibrationBin, Card, ClipRow, Counts, Format, LabelNoise, Period, PhraseCount, Quantiles, Split,
    html, markdown,
};

pub(super) fn card(clips: &[ClipRow], answers: &[AnswerRow]) -> Card {
    Card {
        project: "Hello Sayso".to_owned(),
        version: "1.2.0".to_owned(),
        licence: "CC-BY-4.0".to_owned(),
        language: "en-GB".to_owned(),
        released_on: "2026-03-04".to_owned(),
        collected: Some(Period { first: "2026-01-05".to_owned(), last: "2026-02-06".to_owned() }),
        consent_versions: vec!["3".to_owned(), "4".to_owned()],
        method: "one-coin".to_owned(),
        code_version: "0.1.7".to_owned(),
        accepted_share: Some(0.875),
        agreement_alpha: Some(0.743_42),
        known_limits: vec!["Quiet rooms only.".to_owned()],
        counts: Counts::of(clips, answers),
        about: About {
            description: "People say two phrases.".to_owned(),
            creator: "Example University".to_owned(),
            url: "https://data.example.org/hello".to_owned(),
            annotator_demographics: "Not known.".to_owned(),
            maintenance: "Example University looks after it.".to_owned(),
            biases: vec!["Most speakers are young.".to_owned()],
            ..About::default()
        },
        access: Access::Public,
        calibration: Vec::new(),
        label_noise: None,
        formats: Vec::new(),
        examples: Vec::new(),
    }
}

fn assert_says(card: &str, texts: &[&str]) {
    for text in texts {
        assert!(card.contains(text), "no {text:?} in:\n{card}");
    }
}

#[test]
fn counts_are_those_of_the_rows() {
    let mut clips = three_clips();
    clips.push(clip(4, "speaker-1", "again"));
    clips[3].synthetic = true;
    let answers = [
        answer(&clips[0], "ann", "yes", None),
        answer(&clips[0], "ben", "yes", None),
        answer(&clips[1], "ann", "yes", None),
    ];
    let counts = Counts::of(&clips, &answers);
    assert_eq!((counts.clips, counts.synthetic, counts.speakers), (4, 1, 3));
    assert_eq!((counts.answers, counts.annotators), (3, 2));
    assert!((counts.hours - 4.81 / 3600.0).abs() < 1e-12);
    let phrase =
        |phrase: &str, clips, speakers, splits| PhraseCount { phrase: phrase.to_owned(), clips, speakers, splits };
    let expected =
        [phrase("hello sayso", 2, 2, [1, 1, 0]), phrase("again", 1, 1, [1, 0, 0]), phrase("stop", 1, 1, [0, 0, 1])];
    assert_eq!(counts.phrases, expected);
    let splits = counts.splits.iter().map(|s| (s.split, s.clips, s.speakers));
    let expected = [(Split::Train, 2, 1), (Split::Dev, 1, 1), (Split::Test, 1, 1)];
    assert!(splits.eq(expected));
}

#[test]
fn quantiles_are_those_of_numpy() {
    // numpy.quantile([7, 1, 10, 2, 4], [0.1, 0.5, 0.9])
    let quantiles = Quantiles::of(&[7.0, 1.0, 10.0, 2.0, 4.0]).expect("values");
    assert!((quantiles.p10 - 1.4).abs() < 1e-12);
    assert!((quantiles.p50 - 4.0).abs() < 1e-12);
    assert!((quantiles.p90 - 8.8).abs() < 1e-12);
    assert_eq!(Quantiles::of(&[3.0]).expect("a value").p90, 3.0);
    assert_eq!(Quantiles::of(&[]), None);
}

#[test]
fn the_card_gives_every_number_and_name() {
    let mut card = card(&three_clips(), &[]);
    card.counts.clips = 1_234;
    card.counts.synthetic = 56;
    card.counts.speakers = 78;
    card.counts.hours = 12.34;
    card.counts.answers = 5_678;
    card.counts.annotators = 91;
    card.counts.splits[1].clips = 123;
    card.counts.splits[1].speakers = 11;
    let text = markdown(&card);
    assert_says(
        &text,
        &[
            "# Hello Sayso 1.2.0",
            "2026-03-04",
            "from 2026-01-05 to 2026-02-06",
            "0.1.7",
            "agreed: 3, 4",
            "Licence: CC-BY-4.0",
            "one-coin",
            "| Clips | 1234 |",
            "| of them synthetic | 56 |",
            "56 of 1234",
            "| Speakers | 78 |",
            "| Phrases | 2 |",
            "| hello sayso | 2 | 2 | 1 | 1 | 0 |",
            "| stop | 1 | 1 | 0 | 0 | 1 |",
            "| Answers | 5678 |",
            "| Annotators | 91 |",
            "12.3 hours",
            "87.5 %",
            "0.743",
            "21.2 dB",
            "22.0 dB",
            "22.8 dB",
            "| dev | 123 | 11 |",
            "- Quiet rooms only.",
        ],
    );
}

#[test]
fn the_card_explains_every_column() {
    let text = markdown(&card(&three_clips(), &[]));
    for column in CLIP_COLUMNS.iter().chain(&ANSWER_COLUMNS) {
        let kind = column.kind.as_str();
        let row = format!("| `{}` | {kind} | {} | {} |", column.name, column.unit, column.meaning);
        assert_says(&text, &[&row]);
    }
}

#[test]
fn sections_come_in_order() {
    let text = markdown(&card(&three_clips(), &[]));
    let headings: Vec<&str> = text.lines().filter(|l| l.starts_with("## ")).collect();
    // Pushkarna et al., extended template.
    let expected = [
        "## Authorship",
        "## Overview",
        "## Example points",
        "## Motivations",
        "## Access, retention and wipeout",
        "## Provenance",
        "## Sensitive attributes",
        "## Extended use",
        "## Transformations",
        "## Annotations",
        "## Validation",
        "## Sampling",
        "## Known applications",
        "## Terms of art",
        "## Reflections on data",
    ];
    assert_eq!(headings, expected);
}

#[test]
fn hubs_can_index_the_card() {
    let text = markdown(&card(&three_clips(), &[]));
    let expected = "---\n\
        license: cc-by-4.0\n\
        language:\n- \"en\"\n\
        language_bcp47:\n- \"en-GB\"\n\
        pretty_name: \"Hello Sayso 1.2.0\"\n\
        size_categories:\n- n<1K\n\
        task_categories:\n- audio-classification\n\
        annotations_creators:\n- crowdsourced\n\
        language_creators:\n- crowdsourced\n\
        source_datasets:\n- original\n\
        tags:\n- audio\n- keyword-spotting\n- wake-word\n\
        configs:\n\
        - config_name: clips\n  default: true\n  data_files: clips.parquet\n\
        - config_name: answers\n  data_files: answers.parquet\n\
        ---\n\n# Hello Sayso 1.2.0\n";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn other_licences_and_sizes_are_named_as_hubs_want_them() {
    let mut card = card(&three_clips(), &[]);
    card.licence = "Our own: \"ask us\"".to_owned();
    card.language = "no".to_owned();
    card.counts.clips = 10_000;
    let text = markdown(&card);
    assert_says(
        &text,
        &[
            "license: other\nlicense_name: \"Our own: \\\"ask us\\\"\"\n",
            "language:\n- \"no\"\npretty_name",
            "size_categories:\n- 10K<n<100K\n",
        ],
    );
}

#[test]
fn nobody_can_write_markup_into_the_card() {
    let mut clips = three_clips();
    clips[0].phrase = "<script>alert(1)</script> | x\n## Fake".to_owned();
    let mut card = card(&clips, &[]);
    card.project = "A\n---\nlicense: mit\n# B [x](javascript:y)".to_owned();
    card.method = "`</code>`".to_owned();
    card.known_limits = vec!["ok\n- forged ![i](https://a.example)".to_owned()];
    let whole = markdown(&card);
    let mut parts = whole.splitn(3, "---\n");
    let (front, text) = (parts.nth(1).expect("YAML"), parts.next().expect("the page"));
    assert!(front.contains(r#"pretty_name: "A\u000A---\u000Alicense: mit\u000A# B [x]"#));
    assert_eq!(front.lines().filter(|l| l.starts_with("license:")).count(), 1);
    assert!(!text.contains("<script") && !text.contains("</code>"));
    assert!(!text.contains("\n## Fake") && !text.contains("\n- forged"));
    assert!(!text.contains("\nlicense: mit") && !text.contains("https://a.example"));
    assert!(!text.contains("[x](") && !text.contains("![i]"));
    assert_says(text, &["&lt;script&gt;", "\\| x \\#\\# Fake"]);
}

#[test]
fn a_card_of_nothing_claims_nothing() {
    let mut card = card(&[], &[]);
    card.collected = None;
    card.consent_versions.clear();
    card.accepted_share = None;
    card.agreement_alpha = None;
    card.known_limits.clear();
    let text = markdown(&card);
    assert_says(
        &text,
        &[
            "| Clips | 0 |",
            "This release holds no clips.",
            "No consent text is on record",
            "is undefined",
            "The split train is empty.",
        ],
    );
    for claim in ["Recorded from", "Accepted of the", " dB |\n", "read the phrases", "NaN"] {
        assert!(!text.contains(claim), "{claim:?}");
    }
}

#[test]
fn synthetic_clips_are_called_so() {
    let mut clips = three_clips();
    for clip in &mut clips {
        clip.synthetic = true;
    }
    let text = markdown(&card(&clips, &[]));
    assert_says(&text, &["All clips are synthetic", "leave them out"]);
    assert!(!text.contains("read the phrases aloud"));
}

#[test]
fn long_lists_of_phrases_are_cut_and_counted() {
    let clips: Vec<ClipRow> =
        (0..130).map(|number| clip(number, "speaker-1", &format!("phrase {number:03}"))).collect();
    let text = markdown(&card(&clips, &[]));
    assert_says(&text, &["| phrase 099 | 1 | 1 | 1 | 0 | 0 |", "not listed here: 30."]);
    assert!(!text.contains("phrase 100"));
}

#[test]
fn the_page_for_print_has_charts_and_no_markup_from_people() {
    let mut clips = three_clips();
    clips[0].phrase = "<script>alert(1)</script>".to_owned();
    let mut card = card(&clips, &[]);
    card.project = "A<b>\"'&".to_owned();
    card.calibration = vec![CalibrationBin { mean_probability: 0.9, right_share: 0.875, clips: 16 }];
    card.label_noise = Some(LabelNoise { wrong: 1, compared: 8 });
    card.formats = vec![Format::Webdataset, Format::Features];
    let page = html(&card);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_says(
        &page,
        &[
            "<h1>A&lt;b&gt;&quot;&#39;&amp; 1.2.0</h1>",
            "@media print",
            "&lt;script&gt;alert",
            "<td>0.900</td><td>0.875</td><td>16</td>",
            "Of 8 labels compared with gold, 1 was wrong (12.5 %)",
            "<code>webdataset/</code>",
            "<code>features.parquet</code>",
        ],
    );
    assert!(!page.contains("<script"));
    // Phrases, lengths, signal-to-noise ratio, calibration, speakers.
    assert_eq!(page.matches("<svg ").count(), 5);
    assert_eq!(page.matches("<h2>").count(), 15);
}

#[test]
fn bars_are_as_high_as_their_counts() {
    let clips: Vec<ClipRow> = (0..9).map(|n| clip(n, "speaker-1", if n < 6 { "stop" } else { "go" })).collect();
    let page = html(&card(&clips, &[]));
    let widths: Vec<f64> = page
        .split("<figure>")
        .nth(1)
        .unwrap()
        .split(" width=\"")
        .skip(2)
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(widths.len(), 2);
    assert!((widths[0] / widths[1] - 2.0).abs() < 0.01, "{widths:?}");
}

#[test]
fn the_card_says_of_how_many_speakers_something_is_told() {
    let mut clips = three_clips();
    assert_says(&markdown(&card(&clips, &[])), &["of 3 speakers, as they gave them", "at least 11 speakers"]);
    clips.iter_mut().for_each(|clip| (clip.age, clip.device) = (None, None));
    let mut card = card(&clips, &[]);
    card.access = Access::Contract;
    let text = markdown(&card);
    assert_says(&text, &["Nothing is told about the age", "extra_gated_prompt: \"A voice"]);
    assert!(!text.contains("at least 5"));
}

#[test]
fn histograms_count_every_clip_once() {
    let counts = Counts::of(&three_clips(), &[]);
    for bins in [&counts.snr_histogram, &counts.length_histogram] {
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), 3);
        assert!(bins.windows(2).all(|pair| pair[0].to == pair[1].from));
    }
    // 21, 22 and 23 dB.
    let bin = counts.snr_histogram.iter().find(|bin| bin.from == Some(20.0)).unwrap();
    assert_eq!((bin.to, bin.count), (Some(25.0), 3));
    assert_eq!(counts.speaker_histogram.iter().map(|bin| bin.count).collect::<Vec<usize>>()[0], 3);
    assert!((counts.expected_wrong_share.unwrap() - 0.03).abs() < 1e-12);
}

#[test]
fn a_card_stored_before_this_version_is_still_read() {
    let mut old = serde_json::to_value(card(&three_clips(), &[])).unwrap();
    let map = old.as_object_mut().unwrap();
    for field in ["about", "access", "calibration", "label_noise", "formats", "examples"] {
        map.remove(field).unwrap();
    }
    let counts = map["counts"].as_object_mut().unwrap();
    for field in
        ["described_speakers", "snr_histogram", "length_histogram", "speaker_histogram", "expected_wrong_share"]
    {
        counts.remove(field).unwrap();
    }
    let card: Card = serde_json::from_value(old).unwrap();
    assert_eq!(card.about, About::default());
    assert!(markdown(&card).contains("| Clips | 3 |"));
}
