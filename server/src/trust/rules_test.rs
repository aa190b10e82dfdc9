//! Seeded crowds: whom the rules pause, whom they promote, and how much gold they get.

use super::*;

/// Chance that a seed repeats: SplitMix64 (Steele, Lea & Flood, OOPSLA 2014, §4).
struct Chance(u64);

impl Chance {
    /// Whether something of this probability happens.
    fn happens(&mut self, probability: f64) -> bool {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).expect("32 bits")) < probability * 4_294_967_296.0
    }
}

/// Answers gold until paused or `most`; how many answers that took. `right` are the accuracies on
/// true yes and true no, `share_no` how much of the gold is no.
fn career(seed: u64, right: (f64, f64), share_no: f64, most: i64) -> Option<i64> {
    let (mut chance, mut tally) = (Chance(seed), Tally { craft: "judge".to_owned(), ..Tally::default() });
    (1..=most).find(|_| {
        let no = chance.happens(share_no);
        let correct = chance.happens(if no { right.1 } else { right.0 });
        let said = if no == correct { "no" } else { "yes" };
        count(&mut tally, if no { "no" } else { "yes" }, said);
        unreliable(&tally)
    })
}

/// The share of 20,000 people who are paused within `most` answers to gold.
fn paused(right: (f64, f64), share_no: f64, most: i64) -> f64 {
    let people = 20_000_u32;
    let found = (0..people).filter(|n| career(u64::from(*n) << 32, right, share_no, most).is_some()).count();
    f64::from(u32::try_from(found).expect("few")) / f64::from(people)
}

#[test]
fn guessers_are_paused_soon_and_honest_people_hardly_ever() {
    let guessers = paused((0.5, 0.5), 0.5, 20);
    let honest = paused((0.9, 0.9), 0.5, 200);
    let good = paused((0.95, 0.95), 0.5, 200);
    let yes_sayers = paused((1.0, 0.0), 0.5, 20);
    let rarely = paused((1.0, 0.0), 0.2, 40);
    let no_sayers = paused((0.0, 1.0), 0.5, 20);
    println!(
        "paused within 20 gold answers: guessing {:.1} %, always yes {:.1} %, always no {:.1} %",
        guessers * 100.0,
        yes_sayers * 100.0,
        no_sayers * 100.0
    );
    println!("always yes where one gold in five is a no, within 40: {:.1} %", rarely * 100.0);
    println!("paused within 200 gold answers: 90 % right {:.2} %, 95 % right {:.2} %", honest * 100.0, good * 100.0);
    assert!(guessers >= 0.95 && yes_sayers >= 0.95 && no_sayers >= 0.95, "{guessers} {yes_sayers} {no_sayers}");
    assert!(rarely >= 0.95, "{rarely}");
    assert!(honest <= 0.02 && good <= 0.005, "{honest} {good}");
}

#[test]
fn somebody_who_was_reliable_for_long_is_noticed_when_they_begin_to_guess() {
    let mut tally = Tally { craft: "judge".to_owned(), ..Tally::default() };
    (0..500)
        .for_each(|n| count(&mut tally, if n % 2 == 0 { "yes" } else { "no" }, if n % 2 == 0 { "yes" } else { "no" }));
    let taken = (1..).find(|n| {
        count(&mut tally, if n % 2 == 0 { "yes" } else { "no" }, "yes");
        unreliable(&tally)
    });
    println!("after 500 right answers, always yes: paused after {} gold answers", taken.expect("paused"));
    assert!(taken.is_some_and(|taken| taken <= 25), "{taken:?}");
}

#[test]
fn levels_follow_from_the_interval_and_agreement_alone_gives_none() {
    let person =
        |right, wrong| Tally { craft: "judge".to_owned(), yes_right: right, yes_wrong: wrong, ..Tally::default() };
    assert_eq!(level(&person(0, 0)), Level::New);
    assert_eq!(level(&person(15, 0)), Level::New);
    assert_eq!(level(&person(16, 0)), Level::Qualified);
    assert_eq!(level(&person(35, 0)), Level::Trusted);
    assert_eq!(level(&person(80, 0)), Level::Expert);
    assert_eq!(level(&person(1_800, 200)), Level::Qualified, "many answers do not make up for mistakes");
    assert_eq!(level(&Tally { agree_right: 1_000 * ITEM, ..person(0, 0) }), Level::New, "colluders");
    let helped = Tally { agree_right: 1_000 * ITEM, ..person(8, 0) };
    assert_eq!(measured(&helped), Skill { right: 16, wrong: 0 });
    assert_eq!(next_level(&person(10, 0)), Some((Level::Qualified, 6)));
    let speaker =
        Tally { craft: "record".to_owned(), agree_right: 40 * ITEM, agree_wrong: -ITEM / 10, ..Tally::default() };
    assert_eq!(level(&speaker), Level::Trusted);
}

#[test]
fn gold_becomes_rarer_with_trust_and_never_stops() {
    let known = Tally { yes_right: 3, no_right: 2, ..Tally::default() };
    let after = |answered| gold_ppm(100_000, &Tally { answered, ..known.clone() });
    println!(
        "share of gold after 0, 100, 1,000, 100,000 answers: {:?} millionths",
        [0, 100, 1_000, 100_000].map(after)
    );
    assert_eq!(after(0), 100_000);
    let newcomers = [Tally { no_right: 1, ..known.clone() }, Tally { yes_right: 11, ..Tally::default() }];
    assert_eq!(newcomers.map(|tally| gold_ppm(100_000, &tally)), [500_000; 2]);
    assert_eq!(gold_ppm(100_000, &Tally { yes_right: 12, ..Tally::default() }), 100_000);
    assert!((45_000..=60_000).contains(&after(100)) && (10_000..=20_000).contains(&after(1_000)));
    assert_eq!(after(1_000_000), 10_000);
    let doubted = Tally { answered: 1_000, doubt: 1, ..known.clone() };
    let partial = Tally { answered: 1_000, doubt_no: 2 * WRONG, ..known };
    let back = Tally { pauses: 1, ..Tally::default() };
    assert_eq!([doubted, partial, back].map(|tally| gold_ppm(100_000, &tally)), [500_000; 3]);
    assert_eq!((gold_ppm(300_000, &Tally::default()), gold_ppm(0, &Tally::default())), (500_000, 0));
}

#[test]
fn each_pause_is_longer_than_the_one_before_up_to_two_weeks() {
    assert_eq!([0, 1, 2, 3, 4, 50].map(wait_us), [1, 2, 4, 8, 14, 14].map(|days| days * DAY_US));
}
