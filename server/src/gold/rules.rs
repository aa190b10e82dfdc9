//! Which items may be gold, and which phrases may be planted. Pure decisions.

/// How sure a verdict must be.
pub const SURE: f64 = 0.98;
/// How many people must have said so.
const PEOPLE_MIN: usize = 2;

/// Whether enough people answered and all said `label`; then the reason that most of them gave.
pub fn unanimous<'a>(label: &str, said: &[(&str, Option<&'a str>)]) -> Option<Option<&'a str>> {
    if said.len() < PEOPLE_MIN || said.iter().any(|(one, _)| *one != label) {
        return None;
    }
    let reasons = || said.iter().filter_map(|(_, reason)| *reason);
    let times = |reason: &str| reasons().filter(|one| *one == reason).count();
    // The first of several that are equally frequent.
    Some(reasons().fold(None, |best: Option<&str>, one| match best {
        Some(best) if times(best) >= times(one) => Some(best),
        _ => Some(one),
    }))
}

/// Whether nobody can take one phrase for the other: neither is part of the other.
pub fn distinct(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" ");
    let (one, other) = (plain(one), plain(other));
    !one.contains(&other) && !other.contains(&one)
}

/// How much to plant: planted gold is always a no, so it makes up half of what is wanted at most.
pub fn to_plant(live_no: i64, stock_min: i64) -> i64 {
    ((stock_min + 1) / 2 - live_no).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_was_judged_the_same_by_two_people_at_least() {
        assert_eq!(unanimous("yes", &[("yes", None)]), None);
        assert_eq!(unanimous("yes", &[("yes", None), ("unsure", None)]), None);
        assert_eq!(unanimous("yes", &[("yes", None), ("yes", None)]), Some(None));
        let said = [("no", Some("noise")), ("no", Some("cut_off")), ("no", Some("cut_off"))];
        assert_eq!(unanimous("no", &said), Some(Some("cut_off")));
    }

    #[test]
    fn a_phrase_is_not_planted_under_one_that_contains_it() {
        assert!(distinct("Alexa", "Computer"));
        assert!(!distinct("Alexa", "alexa"));
        assert!(!distinct("Alexa", "Hey, Alexa!"));
    }

    #[test]
    fn half_of_the_gold_wanted_is_planted_at_most() {
        assert_eq!([0, 4, 10, 12].map(|live| to_plant(live, 20)), [10, 6, 0, 0]);
        assert_eq!(to_plant(0, 0), 0);
    }
}
