//! Who may take which place, how cells are counted, and what may be shown. Pure decisions.

use super::model::{
    Axis, Capture, Cell, CellRow, Choice, Group, Held, NOISES, Outlook, Places, Plan, Standing, UNKNOWN, Values,
};
use crate::accounts::Profile;
use crate::platform::ids::PersonId;
use std::collections::{BTreeMap, BTreeSet};
use wire::CaptureSettings;

/// Groups of fewer people than this are never shown.
pub const PEOPLE_MIN: usize = 5;
/// Recordings over which a person's noise is averaged.
const RECENT: i64 = 5;

/// A value as it is compared: lower case, single spaces; [`UNKNOWN`] for nothing.
pub fn normal(text: Option<&str>) -> String {
    let words: Vec<String> = text.unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() { UNKNOWN.to_owned() } else { words.join(" ") }
}

/// What a recording counts for.
pub fn values(profile: &Profile, capture: Option<&Capture>) -> Values {
    Values {
        accent: normal(profile.accent.as_deref()),
        gender: normal(profile.gender.as_deref()),
        age: normal(profile.age.as_deref()),
        device: capture.map_or(UNKNOWN, |capture| &capture.device).to_owned(),
        noise: capture.map_or(UNKNOWN, |capture| noise(capture.snr_db)).to_owned(),
    }
}

/// The class of a microphone by what the browser granted.
pub fn device(settings: &CaptureSettings) -> &'static str {
    let processed = [settings.echo_cancellation, settings.noise_suppression, settings.auto_gain_control];
    match settings.sample_rate_hz.or(settings.context_rate_hz) {
        Some(rate_hz) if rate_hz <= 16_000 => "narrowband",
        _ if processed.contains(&Some(true)) => "processed",
        None if processed == [None; 3] => UNKNOWN,
        _ => "wideband",
    }
}

/// The band of a signal over noise.
pub fn noise(snr_db: f64) -> &'static str {
    let band = if snr_db >= 30.0 { 0 } else { usize::from(snr_db < 15.0) + 1 };
    NOISES[band].0
}

/// What is known after one more recording: a mean that forgets what is long ago.
pub fn heard(before: Option<&Capture>, device: &str, snr_db: f64) -> Capture {
    let clips = before.map_or(0, |capture| capture.clips) + 1;
    #[expect(clippy::cast_precision_loss, reason = "at most RECENT")]
    let weight = 1.0 / clips.min(RECENT) as f64;
    let mean = before.map_or(snr_db, |capture| capture.snr_db + (snr_db - capture.snr_db) * weight);
    Capture { device: device.to_owned(), snr_db: mean, clips }
}

/// Which phrases a person may get. In every axis of its phrase and of any phrase, a place must be one
/// that is kept for the person's cell, or one that no cell waits for; what is kept of a phrase is kept
/// of any phrase, too. Phrases whose cells lack the person most, for their target, come first.
pub fn choose(standings: &[Standing], phrases: &[String]) -> Choice {
    let mut axes: BTreeMap<&str, BTreeMap<&str, &Standing>> = BTreeMap::new();
    for standing in standings {
        axes.entry(&standing.phrase).or_default().insert(&standing.dimension, standing);
    }
    let any = axes.remove("").unwrap_or_default();
    let open = |standing: &Standing| standing.left() > 0 || standing.free > 0;
    let rest_open = any.values().all(|standing| open(standing));
    let kept = |own: &BTreeMap<&str, &Standing>, dimension: &str| own.get(dimension).is_some_and(|own| own.left() > 0);
    let mut first: Vec<(&str, f64)> = Vec::new();
    let mut closed = 0;
    for (phrase, own) in &axes {
        let within_any = any.iter().all(|(dimension, standing)| kept(own, dimension) || open(standing));
        if within_any && own.values().all(|standing| open(standing)) {
            first.push((phrase, own.values().map(|standing| lacking(standing)).fold(0.0, f64::max)));
        } else {
            closed += 1;
        }
    }
    first.sort_by(|a, b| b.1.total_cmp(&a.1));
    if closed == 0 && rest_open {
        let first: Vec<String> =
            first.iter().filter(|(_, share)| *share > 0.0).map(|(phrase, _)| (*phrase).to_owned()).collect();
        return if first.is_empty() { Choice::Any } else { Choice::First(first) };
    }
    let mut only: Vec<String> = first.iter().map(|(phrase, _)| (*phrase).to_owned()).collect();
    if rest_open {
        only.extend(phrases.iter().filter(|phrase| !axes.contains_key(phrase.as_str())).cloned());
    }
    if only.is_empty() { Choice::Nothing } else { Choice::Only(only) }
}

/// A choice without phrases that a person has recorded enough of; an empty one stands for all.
pub fn without(choice: Choice, phrases: Vec<String>, full: &[String]) -> Choice {
    let fits = |phrase: &String| !full.contains(phrase);
    let left = match choice {
        _ if full.iter().any(String::is_empty) => Vec::new(),
        Choice::Nothing => Vec::new(),
        Choice::Any => phrases,
        Choice::Only(only) => only,
        Choice::First(mut first) => {
            let rest = phrases.into_iter().filter(|phrase| !first.contains(phrase)).collect::<Vec<_>>();
            first.extend(rest);
            first
        }
    };
    let left: Vec<String> = left.into_iter().filter(fits).collect();
    if left.is_empty() { Choice::Nothing } else { Choice::Only(left) }
}

/// The share of its places that the person's cell lacks.
fn lacking(standing: &Standing) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of recordings")]
    let share = standing.left() as f64 / standing.kept.max(1) as f64;
    share
}

/// How a batch's quotas look to one person.
pub fn outlook(plan: &Plan) -> Outlook {
    match plan.choice {
        Choice::Nothing => Outlook::Full,
        _ if plan.standings.iter().any(|standing| standing.left() > 0) => Outlook::Wanted,
        _ if unsaid(plan) => Outlook::Unsaid,
        _ => Outlook::Open,
    }
}

/// Whether voices are looked for by what people say about themselves, and this person says nothing of it.
pub fn unsaid(plan: &Plan) -> bool {
    let mut said = plan.standings.iter().filter(|standing| !matches!(standing.dimension.as_str(), "device" | "noise"));
    said.any(|standing| plan.values.of(&standing.dimension) == UNKNOWN)
}

/// Of places of a cell that are given back, those beyond what is kept for it.
pub fn freed(kept: i64, taken: i64, returned: i64) -> i64 {
    (taken + returned - kept).max(0) - (taken - kept).max(0)
}

/// An axis with its free places and its cells, counted anew from the places that are taken.
pub fn count(cells: &[Cell], places: &Places, held: &[Held]) -> Vec<(Axis, i64, Vec<CellRow>)> {
    let mut axes: BTreeMap<Axis, Vec<CellRow>> = BTreeMap::new();
    for cell in cells {
        let axis = Axis { phrase: cell.phrase.clone(), dimension: cell.dimension.as_str().to_owned() };
        let taken = held.iter().filter(|held| held.values.of(&axis.dimension) == cell.value);
        let phrases = cells
            .iter()
            .filter(|other| !other.phrase.is_empty() && other.dimension == cell.dimension && other.value == cell.value);
        let wanted: BTreeMap<&str, i64> = phrases.map(|other| (other.phrase.as_str(), other.target)).collect();
        let (kept, taken) = if cell.phrase.is_empty() {
            let mut beyond: BTreeMap<&str, i64> = wanted.iter().map(|(phrase, target)| (*phrase, -target)).collect();
            taken.for_each(|held| *beyond.entry(&held.phrase).or_default() += held.held);
            ((cell.target - wanted.values().sum::<i64>()).max(0), beyond.values().map(|beyond| (*beyond).max(0)).sum())
        } else {
            (cell.target, taken.filter(|held| held.phrase == cell.phrase).map(|held| held.held).sum())
        };
        let value = cell.value.clone();
        let row = CellRow {
            phrase: cell.phrase.clone(),
            dimension: axis.dimension.clone(),
            value,
            target: cell.target,
            kept,
            taken,
        };
        axes.entry(axis).or_default().push(row);
    }
    let waits = |axis: &Axis| -> i64 {
        let within = axes.iter().filter(|(other, _)| {
            other.dimension == axis.dimension && (axis.phrase.is_empty() || other.phrase == axis.phrase)
        });
        within.flat_map(|(_, cells)| cells).map(|cell| (cell.kept - cell.taken).max(0)).sum()
    };
    let free = |axis: &Axis| -> i64 {
        places_of(axis, places) - of_axis(held, axis).map(|held| held.held).sum::<i64>() - waits(axis)
    };
    axes.iter().map(|(axis, cells)| (axis.clone(), free(axis), cells.clone())).collect()
}

/// Places of an axis, taken or not.
pub fn places_of(axis: &Axis, places: &Places) -> i64 {
    let mine = places.iter().filter(|(phrase, _)| axis.phrase.is_empty() || axis.phrase == **phrase);
    mine.map(|(_, places)| places).sum()
}

fn of_axis<'a>(held: &'a [Held], axis: &'a Axis) -> impl Iterator<Item = &'a Held> {
    held.iter().filter(|held| axis.phrase.is_empty() || held.phrase == axis.phrase)
}

/// One group of an axis, and whether it may be shown.
#[derive(Debug)]
struct Told {
    value: Option<String>,
    recorded: i64,
    people: BTreeSet<PersonId>,
    shown: bool,
}

/// The groups of each axis that may be shown, by value; everybody else is `None`. A group of fewer
/// than [`PEOPLE_MIN`] people is hidden, and others with it until no hidden one follows from those
/// shown and a total: neither within an axis, nor from a phrase to any phrase (complementary
/// suppression: Hundepool et al., Statistical Disclosure Control, 2012, §4.2).
pub fn shown(cells: &[CellRow], held: &[Held]) -> BTreeMap<Axis, BTreeMap<Option<String>, Group>> {
    let mut axes: BTreeMap<Axis, Vec<Told>> = BTreeMap::new();
    for cell in cells {
        let axis = Axis { phrase: cell.phrase.clone(), dimension: cell.dimension.clone() };
        axes.entry(axis).or_default().push(Told::new(Some(cell.value.clone())));
    }
    for (axis, groups) in &mut axes {
        groups.push(Told::new(None));
        for held in of_axis(held, axis) {
            let value = held.values.of(&axis.dimension);
            let at = groups.iter().position(|group| group.value.as_deref() == Some(value)).unwrap_or(groups.len() - 1);
            groups[at].recorded += held.held;
            groups[at].people.insert(held.person_id);
        }
        groups.iter_mut().for_each(|group| group.shown = group.people.len() >= PEOPLE_MIN);
    }
    loop {
        axes.values_mut().for_each(|groups| cover(groups));
        let told = derivable(&axes);
        if told.is_empty() {
            break;
        }
        for (axis, value) in told {
            let groups = axes.get_mut(&axis).into_iter().flatten();
            groups.filter(|group| group.value == value).for_each(|group| group.shown = false);
        }
    }
    let shown = axes.into_iter().map(|(axis, groups)| {
        let groups = groups.into_iter().filter(|group| group.shown);
        let groups = groups.map(|group| (group.value, Group { recorded: group.recorded, people: group.people.len() }));
        (axis, groups.collect())
    });
    shown.collect()
}

impl Told {
    fn new(value: Option<String>) -> Self {
        Self { value, recorded: 0, people: BTreeSet::new(), shown: false }
    }
}

/// Whether hidden groups together tell of too few people.
fn thin(hidden: &[&Told]) -> bool {
    let people: BTreeSet<_> = hidden.iter().flat_map(|group| &group.people).collect();
    hidden.len() == 1 || (!hidden.is_empty() && people.len() < PEOPLE_MIN)
}

/// Hides the smallest groups that are shown until those that are hidden do not follow from the total.
fn cover(groups: &mut [Told]) {
    while thin(&groups.iter().filter(|group| !group.shown).collect::<Vec<_>>()) {
        let Some(least) = groups.iter_mut().filter(|group| group.shown).min_by_key(|group| group.people.len()) else {
            return;
        };
        least.shown = false;
    }
}

/// Groups of any phrase from which a hidden one of a single phrase follows.
fn derivable(axes: &BTreeMap<Axis, Vec<Told>>) -> Vec<(Axis, Option<String>)> {
    let mut told = Vec::new();
    for (axis, groups) in axes.iter().filter(|(axis, _)| axis.phrase.is_empty()) {
        for group in groups.iter().filter(|group| group.shown) {
            let same = axes.iter().filter(|(other, _)| !other.phrase.is_empty() && other.dimension == axis.dimension);
            let same = same.flat_map(|(_, groups)| groups).filter(|other| other.value == group.value && !other.shown);
            if thin(&same.collect::<Vec<_>>()) {
                told.push((axis.clone(), group.value.clone()));
            }
        }
    }
    told
}

/// People in fives: at least this many.
pub fn in_fives(people: usize) -> i64 {
    i64::try_from(people / PEOPLE_MIN * PEOPLE_MIN).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(phrase: &str, free: i64, kept: i64, taken: i64) -> Standing {
        Standing { phrase: phrase.to_owned(), dimension: "gender".to_owned(), free, kept, taken }
    }

    #[test]
    fn a_phrase_that_keeps_places_for_somebody_is_open_to_them_when_any_phrase_is_not() {
        let phrases = ["Alexa".to_owned(), "Computer".to_owned()];
        let closed = [standing("", 0, 0, 0)];
        assert_eq!(choose(&closed, &phrases), Choice::Nothing);
        let kept = [standing("Alexa", 0, 2, 1), standing("", 0, 0, 0)];
        assert_eq!(choose(&kept, &phrases), Choice::Only(vec!["Alexa".to_owned()]));
        let open = [standing("Alexa", 0, 2, 2), standing("", 3, 0, 0)];
        assert_eq!(choose(&open, &phrases), Choice::Only(vec!["Computer".to_owned()]));
    }

    #[test]
    fn the_phrase_that_lacks_most_for_its_target_comes_first() {
        let lacking = [standing("Alexa", 5, 10, 6), standing("Computer", 5, 4, 1), standing("Hello", 5, 0, 0)];
        assert_eq!(choose(&lacking, &[]), Choice::First(vec!["Computer".to_owned(), "Alexa".to_owned()]));
        assert_eq!(choose(&lacking[2..], &[]), Choice::Any);
    }

    #[test]
    fn a_microphone_is_told_by_what_was_granted() {
        let granted = |rate_hz, processed| CaptureSettings {
            sample_rate_hz: rate_hz,
            noise_suppression: processed,
            ..CaptureSettings::default()
        };
        let told = [(Some(16_000), None), (Some(48_000), Some(true)), (Some(48_000), Some(false)), (None, None)];
        assert_eq!(
            told.map(|(rate_hz, on)| device(&granted(rate_hz, on))),
            ["narrowband", "processed", "wideband", "unknown"]
        );
        assert_eq!([40.0, 30.0, 29.0, 15.0, 3.0].map(noise), ["quiet", "quiet", "moderate", "moderate", "noisy"]);
    }
}
