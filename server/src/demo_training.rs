//! The demo's training: what a listener learns, from sounds that a machine makes.

use crate::batches::BatchId;
use crate::platform::{ids::PersonId, once::Once, problem::Problem, site::Site};
use crate::training::{self, ItemRow, Part, Settings, items, sounds};
use audio::synth::{self, Voice};
use bytes::Bytes;

const RATE_HZ: u32 = 48_000;
const INSTRUCTIONS: &str = "You hear one short recording at a time and say whether it is the phrase on the screen: \
    the whole phrase, spoken clearly, and nothing else.\n\n\
    Say no and choose a reason when you hear another word, when the start or the end is missing, when noise hides \
    the phrase, when several people speak, or when nobody does.\n\n\
    An accent, a high or a low voice, or a quiet room with a little hiss is no fault. If you cannot tell after \
    listening twice, say that you are unsure.";

/// How a sound is spoiled.
#[derive(Clone, Copy)]
enum Spoiled {
    Not,
    CutOff,
    Noise,
    SeveralVoices,
    Silence,
}

/// What is said, what is asked, how it is spoiled, the reason of a no, and what is to be heard.
type Lesson = (Part, &'static str, &'static str, Spoiled, Option<&'static str>, &'static str);

const LESSONS: [Lesson; 14] = [
    (
        Part::Example,
        "Computer",
        "Computer",
        Spoiled::Not,
        None,
        "The whole phrase, clear, with a short pause around it.",
    ),
    (
        Part::Example,
        "Computer",
        "Computer",
        Spoiled::CutOff,
        Some("cut_off"),
        "The end is missing: it stops after “Comp”.",
    ),
    (Part::Training, "Hey Sayso", "Hey Sayso", Spoiled::Not, None, "The whole phrase and nothing else."),
    (Part::Training, "Computer", "Alexa", Spoiled::Not, Some("wrong_word"), "It is clear, but it is “Computer”."),
    (
        Part::Training,
        "Alexa",
        "Alexa",
        Spoiled::Noise,
        Some("noise"),
        "The noise is as loud as the voice and hides it.",
    ),
    (Part::Training, "Alexa", "Alexa", Spoiled::Not, None, "A quiet hiss in the room is no fault."),
    (
        Part::Training,
        "Hey Sayso",
        "Hey Sayso",
        Spoiled::Silence,
        Some("silence"),
        "Nobody speaks: only the room is heard.",
    ),
    (Part::Qualification, "Computer", "Computer", Spoiled::Not, None, ""),
    (Part::Qualification, "Alexa", "Alexa", Spoiled::CutOff, Some("cut_off"), ""),
    (Part::Qualification, "Alexa", "Hey Sayso", Spoiled::Not, Some("wrong_word"), ""),
    (Part::Qualification, "Hey Sayso", "Hey Sayso", Spoiled::Not, None, ""),
    (Part::Qualification, "Computer", "Computer", Spoiled::SeveralVoices, Some("several_voices"), ""),
    (Part::Qualification, "Alexa", "Alexa", Spoiled::Not, None, ""),
    (Part::Qualification, "Computer", "Computer", Spoiled::Noise, Some("noise"), ""),
];

/// Gives a batch a training that is offered, not required.
///
/// # Errors
/// When the site fails.
pub async fn teach(site: &Site, admin: PersonId, batch: BatchId) -> Result<(), Problem> {
    let settings = Settings {
        instructions: INSTRUCTIONS.to_owned(),
        questions: 5,
        wait_s: 600,
        item_s: 15,
        ..Settings::default()
    };
    training::set(site, admin, batch, &settings).await?;
    let mut rows = Vec::new();
    for (line, (part, said, asked, spoiled, reason, explanation)) in (1u64..).zip(LESSONS) {
        let name = format!("{}-{line}.wav", part.as_str());
        let wav = audio::wav::encode_pcm16(&sound(said, spoiled, line), RATE_HZ);
        sounds::keep(site, admin, batch, &name, Bytes::from(wav)).await?;
        rows.push(ItemRow {
            line,
            part,
            sound: name,
            phrase: asked.to_owned(),
            label: if reason.is_some() { "no" } else { "yes" }.to_owned(),
            reason: reason.map(str::to_owned),
            explanation: explanation.to_owned(),
            sensitivity: None,
        });
    }
    items::import_now(site, admin, batch, &rows, &Once::default()).await.map(drop)
}

/// A phrase in a quiet room, spoiled or not.
fn sound(phrase: &str, spoiled: Spoiled, seed: u64) -> Vec<f32> {
    let voice = |n: u64| &Voice::ALL[usize::try_from(n).unwrap_or(0) % Voice::ALL.len()];
    let mut speech = synth::speech(seed, phrase, voice(seed), RATE_HZ);
    let mut noise_dbfs = -60.0;
    match spoiled {
        Spoiled::Not => {}
        Spoiled::CutOff => speech.truncate(speech.len() / 2),
        Spoiled::Noise => noise_dbfs = -12.0,
        Spoiled::Silence => speech.fill(0.0),
        Spoiled::SeveralVoices => {
            let other = synth::speech(seed + 1, "Alexa", voice(seed + 1), RATE_HZ);
            speech.iter_mut().zip(other).for_each(|(sample, other)| *sample = (*sample + other) / 2.0);
        }
    }
    let tail_ms = if matches!(spoiled, Spoiled::CutOff) { 0 } else { 400 };
    synth::scene(&speech, 400, tail_ms, noise_dbfs, seed, RATE_HZ)
}
