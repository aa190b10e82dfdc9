//! What a card says about its numbers, in words.

use crate::documents::card::Card;
use crate::documents::page::{Line, line, ours};

/// With fewer speakers than this the card warns that other voices may fare differently.
const FEW_SPEAKERS: usize = 30;

/// How the clips came about, in words.
pub(crate) fn collection(card: &Card) -> Line {
    let (made, all) = (card.counts.synthetic, card.counts.clips);
    if all == 0 {
        return ours("This release holds no clips.");
    }
    let mut words = if made == all {
        "All clips are synthetic: a program made the sound, nobody spoke.".to_owned()
    } else {
        "Contributors to the project read the phrases aloud, in a browser, on devices of their own.".to_owned()
    };
    if made > 0 && made < all {
        words += &format!(" Clips made by a program instead (column `synthetic`): {made} of {all}.");
    }
    words += " Every clip was measured by a program (columns from `snr_db` to `report_version`).";
    line(&words, &[])
}

/// How far annotators agree, in words.
pub(crate) fn agreement(card: &Card) -> String {
    match card.agreement_alpha {
        Some(alpha) => format!(
            "Krippendorff's α of the answers is {alpha:.3} (1 is full agreement, 0 is chance). It tells how hard the \
             question was, not how right the labels are."
        ),
        None => "Krippendorff's α of the answers is undefined: too few clips have two answers, or all answers are the \
                 same."
            .to_owned(),
    }
}

/// How many labels may be wrong, in words.
pub(crate) fn label_noise(card: &Card) -> String {
    let expected = match card.counts.expected_wrong_share {
        Some(share) => format!("By the method's own probabilities, {} of the labels are wrong.", percent(share)),
        None => "There are no labels.".to_owned(),
    };
    match card.label_noise {
        Some(noise) if noise.compared > 0 => {
            let share = noise.wrong as f64 / noise.compared as f64;
            format!(
                "{expected} Of {} labels compared with gold, {} {} wrong ({}).",
                noise.compared,
                noise.wrong,
                if noise.wrong == 1 { "was" } else { "were" },
                percent(share)
            )
        }
        _ => format!("{expected} No labels were compared with gold."),
    }
}

/// What is told about speakers, in words.
pub(crate) fn details(card: &Card) -> String {
    let (told, k) = (card.counts.described_speakers, card.access.k());
    if told == 0 {
        return "Nothing is told about the age, gender, accent or device of any speaker.".to_owned();
    }
    format!(
        "Age, gender, accent or kind of device of {told} speakers, as they gave them. Each combination is shared by at \
         least {k} speakers: what is rarer was widened first and then held back."
    )
}

/// Limits that follow from the counts.
pub(crate) fn own_limits(card: &Card) -> Vec<String> {
    let counts = &card.counts;
    let mut limits = Vec::new();
    if counts.synthetic > 0 {
        limits.push("Synthetic clips do not sound like people; leave them out to learn about voices.".to_owned());
    }
    if counts.speakers < FEW_SPEAKERS {
        limits.push(format!("There are few speakers ({}), so results may not hold for other voices.", counts.speakers));
    }
    for empty in counts.splits.iter().filter(|count| count.clips == 0) {
        limits.push(format!("The split {} is empty.", empty.split.as_str()));
    }
    limits.push("Speakers are told apart by their accounts; someone with two accounts counts as two.".to_owned());
    limits
}

/// A share in per cent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A level or ratio with one digit.
pub(crate) fn decibels(value_db: f64) -> String {
    format!("{value_db:.1} dB")
}

/// In the unit that leaves a number of a readable size.
pub(crate) fn duration(hours: f64) -> String {
    let seconds = hours * 3600.0;
    if seconds < 60.0 {
        format!("{seconds:.1} seconds")
    } else if hours < 1.0 {
        format!("{:.1} minutes", seconds / 60.0)
    } else {
        format!("{hours:.1} hours")
    }
}
