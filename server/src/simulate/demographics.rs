//! What simulated people say about themselves: as skewed as real crowds are.

use super::dice::Dice;
use crate::accounts::{AGES, Profile};

/// Men, women, and people who do not say, in a hundred: the clips of English Common Voice 25.
const GENDERS: [(Option<&str>, usize); 3] = [(Some("male_masculine"), 43), (Some("female_feminine"), 18), (None, 39)];

/// The gender of somebody of a crowd, by number: exact shares in every hundred people, well mixed.
pub fn gender(number: usize) -> Option<&'static str> {
    // 37 has no factor in common with 100, so a hundred people in a row take each place once.
    let mut place = number * 37 % 100;
    for (gender, share) in GENDERS {
        if place < share {
            return gender;
        }
        place -= share;
    }
    None
}

/// What somebody says about themselves; every second one tells their age, any as often as another.
pub fn profile(number: usize, dice: &mut Dice) -> Profile {
    let age = AGES[dice.below(AGES.len())].0;
    Profile {
        gender: gender(number).map(str::to_owned),
        age: dice.chance(0.5).then(|| age.to_owned()),
        ..Profile::default()
    }
}

#[cfg(test)]
mod tests {
    use super::gender;

    #[test]
    fn every_hundred_people_are_as_skewed_as_the_crowd() {
        let count = |wanted| (100..200).filter(|n| gender(*n) == wanted).count();
        assert_eq!([Some("male_masculine"), Some("female_feminine"), None].map(count), [43, 18, 39]);
    }
}
