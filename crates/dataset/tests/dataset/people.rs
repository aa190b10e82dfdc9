//! What is told about people: enough share it, and names of two releases have nothing in common.

use super::clip;
use dataset::anonymity::{Access, K_CONTRACT, K_PUBLIC, Person, Told, class_sizes, protect};
use dataset::pseudonym;
use std::collections::{BTreeMap, BTreeSet};

const AGES: [&str; 8] = ["teens", "twenties", "thirties", "fourties", "fifties", "sixties", "seventies", "eighties"];

/// A number from 0 to `below - 1` that looks random.
fn draw(seed: usize, what: &str, below: usize) -> usize {
    let digest = dataset::sha256_hex(format!("{what} {seed}").as_bytes());
    usize::from_str_radix(&digest[..8], 16).unwrap() % below
}

/// People with common and rare details, some of whom told nothing.
fn crowd(seed: usize, size: usize) -> BTreeMap<String, Person> {
    let person = |number: usize| {
        let draw = |what: &str, below| draw(number + 100_000 * seed, what, below);
        // Squared, so that some values are common and some are rare.
        let pick = |what: &str, values: &[&str]| {
            let at = draw(what, 1000) as f64 / 1000.0;
            (draw(&format!("{what} told"), 5) > 0).then(|| values[(at * at * values.len() as f64) as usize].to_owned())
        };
        Person {
            languages: BTreeSet::from([if draw("language", 20) == 0 { "fy-NL" } else { "en-GB" }.to_owned()]),
            age: pick("age", &AGES),
            gender: pick("gender", &["female_feminine", "male_masculine", "non-binary"]),
            accent: pick("accent", &["england", "scotland", "wales", "ulster", "cornwall"]),
            device: pick("device", &["phone", "computer", "tablet"]),
        }
    };
    (0..size).map(|number| (format!("person {number}"), person(number))).collect()
}

/// Every question that can be asked with some of the details, and how many people answer to it.
fn every_combination(people: &BTreeMap<String, Person>) -> BTreeMap<(usize, Person), usize> {
    let mut sizes = BTreeMap::new();
    for person in people.values() {
        for asked in 0..16 {
            let of = |bit: usize, value: &Option<String>| value.clone().filter(|_| asked & (1 << bit) != 0);
            let seen = Person {
                languages: person.languages.clone(),
                age: of(0, &person.age),
                gender: of(1, &person.gender),
                accent: of(2, &person.accent),
                device: of(3, &person.device),
            };
            *sizes.entry((asked, seen)).or_default() += 1;
        }
    }
    sizes
}

fn speakers(people: &BTreeMap<String, Person>, languages: &BTreeSet<String>) -> usize {
    people.values().filter(|person| person.languages == *languages).count()
}

#[test]
fn no_combination_of_details_is_shared_by_too_few() {
    for (seed, size) in [(1, 5), (2, 40), (3, 300), (4, 900)] {
        for k in [K_PUBLIC, K_CONTRACT] {
            let people = crowd(seed, size);
            let told = protect(&people, k);
            assert_eq!(told.len(), people.len());
            for ((asked, person), count) in every_combination(&told) {
                // Where fewer than k speak a language at all, nothing else is told.
                let few = person.tells_nothing() && speakers(&people, &person.languages) < k;
                assert!(count >= k || few, "{count} of {size} at k = {k}: {person:?} ({asked:b})");
            }
        }
    }
}

#[test]
fn what_many_share_is_still_told() {
    let people = crowd(5, 2000);
    let told = protect(&people, K_PUBLIC);
    let kept = |value: fn(&Person) -> &Option<String>| {
        let all = people.values().filter(|person| value(person).is_some()).count();
        told.values().filter(|person| value(person).is_some()).count() as f64 / all as f64
    };
    assert!(kept(|person| &person.gender) > 0.95, "{}", kept(|person| &person.gender));
    assert!(kept(|person| &person.age) > 0.8, "{}", kept(|person| &person.age));
    // Those who are common enough keep their very decade.
    assert!(told.values().any(|person| person.age.as_deref() == Some("twenties")));
    for (name, person) in &told {
        let before = &people[name];
        assert!(person.gender.is_none() || person.gender == before.gender);
        assert!(person.accent.is_none() || person.accent == before.accent);
        assert!(person.device.is_none() || person.device == before.device);
        assert_eq!(person.languages, before.languages);
    }
}

#[test]
fn rare_ages_are_widened_before_they_are_held_back() {
    let person = |age: &str| Person {
        languages: BTreeSet::from(["en".to_owned()]),
        age: Some(age.to_owned()),
        ..Person::default()
    };
    // 6 + 6 of two decades that are joined; 3 of another join them neither as decade nor as group.
    let ages = ["sixties"; 6].into_iter().chain(["seventies"; 6]).chain(["teens"; 3]).chain(["twenties"; 14]);
    let people = ages.enumerate().map(|(at, age)| (format!("{at:02}"), person(age))).collect();
    let sizes: BTreeMap<Option<String>, usize> =
        class_sizes(protect(&people, 11).values()).into_iter().map(|(person, size)| (person.age, size)).collect();
    // The three alone among the silent would stand out, so the smallest group joins them.
    let expected = [(None, 15), (Some("twenties".to_owned()), 14)];
    assert_eq!(sizes, BTreeMap::from(expected));
    let none: BTreeMap<String, Person> = BTreeMap::new();
    assert_eq!(protect(&none, 11), none);
}

#[test]
fn the_rows_of_a_release_are_counted_for_what_they_tell() {
    let mut told = Told::default();
    for number in 0..11 {
        let mut row = clip(number, &format!("speaker {number}"), "stop");
        told.clip(&row);
        // A second clip of the same person tells nothing new.
        row.clip_id += "-b";
        told.clip(&row);
    }
    assert_eq!(told.too_rare(Access::Public.k()), []);
    assert_eq!(told.people().len(), 11);
    let mut odd = clip(99, "speaker 3", "stop");
    odd.device = Some("tablet".to_owned());
    told.clip(&odd);
    let rare: Vec<usize> = told.too_rare(Access::Public.k()).into_iter().map(|(_, people)| people).collect();
    assert_eq!(rare, [10, 1], "one speaker is told apart by having two devices");
    assert_eq!(told.too_rare(Access::Contract.k()).len(), 1);
}

#[test]
fn two_releases_have_no_name_in_common() {
    let names = |key: u8| -> BTreeSet<String> {
        (0..20_000).map(|number| pseudonym(&[key; 32], &format!("speaker:{number}"))).collect()
    };
    let (this, next) = (names(7), names(8));
    assert_eq!((this.len(), next.len()), (20_000, 20_000));
    assert_eq!(this.intersection(&next).count(), 0);
}
