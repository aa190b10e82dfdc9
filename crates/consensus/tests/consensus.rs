//! What the engine promises: sane probabilities, the same in every order, and a clear decision.

use consensus::{Decision, Skill, Vote, decide, krippendorff_alpha, plurality, posterior};

const UNMEASURED: f64 = 0.8;

fn votes(labels_and_accuracies: &[(usize, f64)]) -> Vec<Vote> {
    labels_and_accuracies.iter().map(|&(label, accuracy)| Vote { label, accuracy }).collect()
}

fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-9, "{actual} is not {expected}");
}

fn assert_is_distribution(posterior: &[f64]) {
    assert_near(posterior.iter().sum(), 1.0);
    for &probability in posterior {
        assert!(probability > 0.0 && probability < 1.0, "{posterior:?}");
    }
}

#[test]
fn an_unmeasured_person_is_believed_to_be_right_four_times_in_five() {
    assert_near(Skill::default().accuracy(), UNMEASURED);
}

#[test]
fn gold_moves_the_accuracy_but_never_to_certainty() {
    assert_near(Skill { right: 5, wrong: 0 }.accuracy(), 0.9);
    assert_near(Skill { right: 0, wrong: 5 }.accuracy(), 0.4);
    let saint = Skill { right: u32::MAX, wrong: 0 };
    let sinner = Skill { right: 0, wrong: u32::MAX };
    assert_near(saint.accuracy(), 0.99);
    assert_near(sinner.accuracy(), 0.01);
}

#[test]
fn the_interval_is_wilsons() {
    // Computed independently for 9 of 10 at z = 1.96.
    let (low, high) = Skill { right: 9, wrong: 1 }.interval(1.96);
    assert!((low - 0.595_843_6).abs() < 1e-6, "{low}");
    assert!((high - 0.982_124).abs() < 1e-6, "{high}");
}

#[test]
fn the_interval_stays_within_bounds_at_the_extremes() {
    assert_eq!(Skill::default().interval(1.96), (0.0, 1.0));
    let (low, high) = Skill { right: 0, wrong: 9 }.interval(1.96);
    assert!((0.0..1e-12).contains(&low) && high < 0.31);
    let (low, high) = Skill { right: 9, wrong: 0 }.interval(1.96);
    assert!(low > 0.69 && high > 1.0 - 1e-12 && high <= 1.0);
    let seven_of_ten = Skill { right: 7, wrong: 3 };
    assert_eq!(seven_of_ten.interval(f64::NAN), seven_of_ten.interval(0.0));
    let (low, high) = seven_of_ten.interval(f64::INFINITY);
    assert!(low >= 0.0 && high <= 1.0 && low < high);
}

#[test]
fn one_answer_is_as_sure_as_the_person() {
    let belief = posterior(&votes(&[(1, UNMEASURED)]), 2, None);
    assert_near(belief[1], 0.8);
    let belief = posterior(&votes(&[(2, 0.7)]), 4, None);
    assert_near(belief[2], 0.7);
    assert_near(belief[0], 0.1);
}

#[test]
fn no_answers_leave_the_prior() {
    assert_eq!(posterior(&[], 4, None), [0.25; 4]);
    let belief = posterior(&[], 2, Some(&[3.0, 1.0]));
    assert_near(belief[0], 0.75);
}

#[test]
fn the_prior_weighs_in_by_bayes_rule() {
    // 0.9 · 0.2 against 0.1 · 0.8.
    let belief = posterior(&votes(&[(1, 0.8)]), 2, Some(&[0.9, 0.1]));
    assert_near(belief[0], 0.18 / 0.26);
}

#[test]
fn a_useless_prior_is_mended_or_ignored() {
    assert_eq!(posterior(&[], 2, Some(&[1.0])), [0.5; 2]);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let belief = posterior(&[], 2, Some(&[1.0, bad]));
        assert_is_distribution(&belief);
        assert!(belief[0] > 0.99);
    }
}

#[test]
fn the_skilled_one_outweighs_two_who_guess() {
    let belief = posterior(&votes(&[(0, 0.97), (1, 0.55), (1, 0.55)]), 2, None);
    assert!(belief[0] > 0.9, "{belief:?}");
}

#[test]
fn equally_skilled_people_who_disagree_cancel_out() {
    let belief = posterior(&votes(&[(0, 0.9), (1, 0.9)]), 2, None);
    assert_eq!(belief, [0.5; 2]);
}

#[test]
fn someone_mostly_wrong_counts_against_their_choice() {
    let belief = posterior(&votes(&[(0, 0.1)]), 2, None);
    assert_near(belief[0], 0.1);
}

#[test]
fn the_order_of_the_answers_changes_no_bit() {
    let mut answers = votes(&[(0, 0.81), (1, 0.630_001), (0, 0.97), (2, 0.33), (0, 0.713), (1, 0.999), (2, 0.54)]);
    let expected = posterior(&answers, 3, Some(&[0.2, 0.5, 0.3]));
    for turn in 0..answers.len() {
        answers.rotate_left(1);
        answers.swap(0, turn);
        assert_eq!(posterior(&answers, 3, Some(&[0.2, 0.5, 0.3])), expected);
    }
    answers.reverse();
    assert_eq!(posterior(&answers, 3, Some(&[0.2, 0.5, 0.3])), expected);
}

#[test]
fn extremes_stay_probabilities() {
    for accuracy in [0.0, 1.0, -5.0, 7.0, f64::INFINITY, f64::NEG_INFINITY] {
        let one = votes(&[(0, accuracy)]);
        assert_is_distribution(&posterior(&one, 2, None));
        assert_is_distribution(&posterior(&one.repeat(10_000), 35, None));
    }
    let opposed = [votes(&[(0, 1.0)]).repeat(5_000), votes(&[(1, 1.0)]).repeat(5_001)];
    let belief = posterior(&opposed.concat(), 2, None);
    assert_is_distribution(&belief);
    assert_near(belief[1], 0.99);
}

#[test]
fn votes_that_mean_nothing_are_ignored() {
    let belief = posterior(&votes(&[(2, 0.9), (usize::MAX, 0.9), (0, f64::NAN)]), 2, None);
    assert_eq!(belief, [0.5; 2]);
}

#[test]
fn degenerate_numbers_of_classes_do_not_panic() {
    assert!(posterior(&votes(&[(0, 0.9)]), 0, None).is_empty());
    assert_eq!(posterior(&votes(&[(0, 0.9)]), 1, None), [1.0]);
}

#[test]
fn sure_enough_and_asked_often_enough_is_settled() {
    let settled = Decision::Settled { label: 1, probability: 0.96 };
    assert_eq!(decide(&[0.04, 0.96], 2, 2, 5, 0.95), settled);
    assert_eq!(decide(&[0.04, 0.96], 2, 2, 5, 0.96), settled);
    assert_eq!(decide(&[0.04, 0.96], 5, 2, 5, 0.95), settled);
}

#[test]
fn too_few_answers_or_too_little_certainty_asks_for_one_more() {
    let one_more = Decision::AskOneMore;
    assert_eq!(decide(&[0.04, 0.96], 1, 2, 5, 0.95), one_more);
    assert_eq!(decide(&[0.2, 0.8], 4, 2, 5, 0.95), one_more);
    assert_eq!(decide(&[0.2, 0.8], 2, 3, 1, 0.95), one_more);
    assert_eq!(decide(&[0.0, 1.0], 4, 2, 5, f64::NAN), one_more);
}

#[test]
fn doubt_at_the_limit_is_contested() {
    let contested = Decision::Contested { label: 1, probability: 0.8 };
    assert_eq!(decide(&[0.2, 0.8], 5, 2, 5, 0.95), contested);
    assert_eq!(decide(&[0.2, 0.8], 9, 2, 5, 0.95), contested);
}

#[test]
fn an_item_on_which_all_abstain_ends_with_a_reviewer() {
    let belief = posterior(&[], 2, None);
    assert_eq!(decide(&belief, 2, 2, 4, 0.9), Decision::AskOneMore);
    let contested = Decision::Contested { label: 0, probability: 0.5 };
    assert_eq!(decide(&belief, 4, 2, 4, 0.9), contested);
}

#[test]
fn nothing_to_decide_about_is_never_settled() {
    assert_eq!(decide(&[], 0, 1, 3, 0.0), Decision::AskOneMore);
    let contested = Decision::Contested { label: 0, probability: 0.0 };
    assert_eq!(decide(&[], 3, 1, 3, 0.0), contested);
}

#[test]
fn plurality_takes_the_first_of_equals_and_says_so() {
    let tie = plurality(&[2, 1, 1, 2, 0], 3).expect("there are votes");
    assert_eq!((tie.label, tie.votes, tie.of, tie.tied), (1, 2, 5, true));
    let clear = plurality(&[2, 1, 2, 9], 3).expect("there are votes");
    assert_eq!((clear.label, clear.votes, clear.of, clear.tied), (2, 2, 3, false));
    assert_eq!(plurality(&[], 3), None);
    assert_eq!(plurality(&[0], 0), None);
}

/// Four observers, twelve units, missing data: Krippendorff (2011), §C.
fn krippendorffs_example() -> Vec<(usize, usize, u8)> {
    let observers = [b"123321412...", b"1233224125.3", b".3332342251.", b"12332441251."];
    let mut answers = Vec::new();
    for (rater, row) in observers.iter().enumerate() {
        for (item, &label) in row.iter().enumerate() {
            if label != b'.' {
                answers.push((item, rater, label));
            }
        }
    }
    answers
}

#[test]
fn alpha_reproduces_krippendorffs_example() {
    let mut answers = krippendorffs_example();
    let alpha = krippendorff_alpha(&answers).expect("defined");
    assert!((alpha - 0.743_421_052_631_579).abs() < 1e-12, "{alpha}");
    answers.reverse();
    assert_eq!(krippendorff_alpha(&answers), Some(alpha));
}

#[test]
fn alpha_knows_agreement_and_its_opposite() {
    let agreed = [(1, "a", "yes"), (1, "b", "yes"), (2, "a", "no"), (2, "b", "no")];
    assert_eq!(krippendorff_alpha(&agreed), Some(1.0));
    let opposed = [(1, "a", "yes"), (1, "b", "no"), (2, "a", "no"), (2, "b", "yes")];
    assert!(krippendorff_alpha(&opposed).expect("defined") < 0.0);
}

#[test]
fn alpha_is_undefined_without_pairs_or_without_variety() {
    assert_eq!(krippendorff_alpha::<u8, u8, u8>(&[]), None);
    assert_eq!(krippendorff_alpha(&[(1, 1, "yes"), (2, 2, "no")]), None);
    assert_eq!(krippendorff_alpha(&[(1, 1, "yes"), (1, 2, "yes")]), None);
}

#[test]
fn a_changed_mind_counts_once() {
    let changed = [(1, "a", "no"), (1, "a", "yes"), (1, "b", "yes"), (2, "a", "no"), (2, "b", "no")];
    assert_eq!(krippendorff_alpha(&changed), Some(1.0));
}
