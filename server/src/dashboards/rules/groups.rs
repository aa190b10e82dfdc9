//! Is one group of people judged, or does it judge, worse than another? Pure.

use super::super::model::{AnswerFact, Group, Told};
use super::{SHOWN_MIN, accord::crowd};
use crate::accounts::Profile;
use consensus::{
    agreement::alpha,
    quality::bias::{self, Judged},
};
use std::collections::{BTreeMap, HashMap};

/// The group of those who leave something out.
const NOT_SAID: &str = "not said";

/// What people may say about themselves.
type Attribute = (&'static str, fn(&Profile) -> Option<&String>);
const ATTRIBUTES: [Attribute; 4] = [
    ("age", |profile| profile.age.as_ref()),
    ("gender", |profile| profile.gender.as_ref()),
    ("accent", |profile| profile.accent.as_ref()),
    ("first_language", |profile| profile.first_language.as_ref()),
];

/// Error on gold and disagreement with the consensus by group, with intervals; small groups
/// hidden. `of` tells the group that an answer counts for, and the person in it.
pub fn by_group<'a>(
    answers: &'a [AnswerFact],
    by: &str,
    of: impl Fn(&'a AnswerFact) -> Option<(&'a str, &'a str)>,
) -> Vec<Group> {
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    let mut judged = Vec::new();
    for answer in answers.iter().filter(|answer| answer.label != "unsure") {
        let Some((group, person)) = of(answer) else { continue };
        let number = people.len();
        let person = *people.entry(person).or_insert(number);
        let Some(known) = answer.gold_label.as_ref().or(answer.verdict.as_ref()) else { continue };
        let agreed = *known == answer.label;
        judged.push(Judged { group, person, agreed, right: answer.gold_label.is_some().then_some(agreed) });
    }
    bias::audit(&judged, SHOWN_MIN as usize).into_iter().map(|group| Group::of(by, group)).collect()
}

/// Who says what, for one attribute; `None` when nobody says anything.
fn said<'a>(told: &'a [Told], attribute: Attribute) -> Option<HashMap<&'a str, &'a str>> {
    let of = |told: &'a Told| Some((told.person_id.as_str(), attribute.1(&told.profile)?.as_str()));
    Some(told.iter().filter_map(of).collect::<HashMap<_, _>>()).filter(|said| !said.is_empty())
}

/// How the recordings of each group of speakers are judged.
pub fn speakers(answers: &[AnswerFact], told: &[Told]) -> Vec<Group> {
    let groups = ATTRIBUTES.into_iter().filter_map(|attribute| {
        let said = said(told, attribute)?;
        Some(by_group(answers, attribute.0, |answer| {
            let speaker = answer.speaker_id.as_deref()?;
            Some((said.get(speaker).copied().unwrap_or(NOT_SAID), speaker))
        }))
    });
    groups.flatten().collect()
}

/// How each group of annotators judges, and how well its people agree.
pub fn annotators(answers: &[AnswerFact], told: &[Told]) -> Vec<Group> {
    let groups = ATTRIBUTES.into_iter().filter_map(|attribute| {
        let said = said(told, attribute)?;
        let group_of = |answer: &AnswerFact| said.get(answer.person_id.as_str()).copied().unwrap_or(NOT_SAID);
        let mut groups = by_group(answers, attribute.0, |answer| Some((group_of(answer), answer.person_id.as_str())));
        for group in groups.iter_mut().filter(|group| group.people.is_some()) {
            let own = answers.iter().filter(|answer| answer.gold_label.is_none() && group_of(answer) == group.name);
            group.alpha = crowd(own.map(|answer| (answer, answer.label.as_str())))
                .and_then(|dataset| alpha(&dataset.crowd, |_, _| true));
        }
        Some(groups)
    });
    groups.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    const PEOPLE: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    #[test]
    fn groups_of_few_people_are_hidden() {
        let mut answers: Vec<AnswerFact> = PEOPLE.map(|person| said("1", person, "yes", Some("yes"))).to_vec();
        answers.push(said("1", "g", "no", Some("yes")));
        answers.extend(
            PEOPLE.map(|person| AnswerFact { phrase: "Hello".to_owned(), ..said("3", person, "yes", Some("yes")) }),
        );
        let by_phrase =
            |answers: &[AnswerFact]| by_group(answers, "phrase", |answer| Some((&answer.phrase, &answer.person_id)));
        let error = by_phrase(&answers)[0].error.expect("seven gold answers");
        assert!((error.share - 1.0 / 7.0).abs() < 1e-9, "{error:?}");
        answers.push(AnswerFact { phrase: "Rare".to_owned(), ..said("2", "a", "no", Some("yes")) });
        let groups = by_phrase(&answers);
        assert!(groups.iter().any(|group| group.name == "Rare" && group.error.is_none()), "{groups:?}");
    }

    #[test]
    fn speakers_and_annotators_are_told_apart_by_what_they_say_about_themselves() {
        let told = |person: &str, age: &str| Told {
            person_id: person.to_owned(),
            profile: Profile { age: Some(age.to_owned()), ..Profile::default() },
        };
        let mut answers = Vec::new();
        let mut profiles: Vec<Told> = PEOPLE.iter().map(|person| told(person, "twenties")).collect();
        for clip in 0..12 {
            let (item, speaker) = (clip.to_string(), format!("speaker {clip}"));
            let old = clip < 6;
            profiles.push(told(&speaker, if old { "sixties" } else { "thirties" }));
            for person in PEOPLE {
                let label = if old && person < "d" { "no" } else { "yes" };
                let fact = said(&item, person, label, Some("yes"));
                answers.push(AnswerFact { speaker_id: Some(speaker.clone()), ..fact });
            }
        }
        let groups = speakers(&answers, &profiles);
        let error = |name: &str| groups.iter().find(|group| group.name == name).and_then(|group| group.error);
        let (old, young) = (error("sixties").expect("six people"), error("thirties").expect("six people"));
        assert!((old.share - 0.5).abs() < 1e-9 && young.share < 1e-9 && old.lowest > young.highest, "{groups:?}");
        assert!(groups.iter().all(|group| group.by == "age"), "nobody says anything else");
        let judging = annotators(&answers, &profiles);
        assert_eq!(
            judging.iter().map(|group| (&*group.name, group.people)).collect::<Vec<_>>(),
            [("twenties", Some(6))]
        );
        assert!(speakers(&answers, &[]).is_empty());
    }
}
