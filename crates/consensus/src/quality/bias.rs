//! Whether one group of people is judged, or judges, worse than another.

use crate::accuracy::Skill;
use std::collections::{BTreeMap, BTreeSet};

/// One answer with the group of whoever gave it, or of whoever it is about.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The group, such as an age band or an accent.
    pub group: &'a str,
    /// A person of the group, by number.
    pub person: usize,
    /// Whether the answer is the consensus on its item.
    pub agreed: bool,
    /// Whether it is right, where gold says so.
    pub right: Option<bool>,
}

/// A share with the 95 % interval around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The share.
    pub share: f64,
    /// Wilson's interval, lowest first.
    pub interval: (f64, f64),
    /// Answers that it rests on.
    pub answers: u32,
}

/// What the audit says about a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// People in it; `None` when hidden.
    pub people: Option<usize>,
    /// Share of answers that differ from the consensus; `None` when hidden.
    pub disagreement: Option<Rate>,
    /// Share of answers on gold that are wrong; `None` when hidden or unknown.
    pub error: Option<Rate>,
}

/// Error and disagreement by group, in order of their names.
///
/// A group of fewer than `people_min` is hidden, because a figure about few is a figure about
/// each. What is shown taken from the total leaves what is hidden: the next smallest groups are
/// therefore hidden too, until at least two groups are, and `people_min` people in them. Error is
/// hidden by the same rule among those who answered gold. Answers of one person resemble each
/// other, so that intervals are rather too narrow: compare them with care.
pub fn audit(answers: &[Judged<'_>], people_min: usize) -> Vec<Group> {
    let mut groups: BTreeMap<&str, (Skill, Skill)> = BTreeMap::new();
    let (mut people, mut on_gold): (People, People) = Default::default();
    for answer in answers {
        let (consensus, gold) = groups.entry(answer.group).or_default();
        people.entry(answer.group).or_default().insert(answer.person);
        count(consensus, answer.agreed);
        if let Some(right) = answer.right {
            on_gold.entry(answer.group).or_default().insert(answer.person);
            count(gold, right);
        }
    }
    let (few, few_on_gold) = (hidden(&people, people_min), hidden(&on_gold, people_min));
    let report = |(name, (consensus, gold)): (&str, (Skill, Skill))| {
        let shown = !few.contains(name);
        Group {
            name: name.to_owned(),
            people: people.get(name).filter(|_| shown).map(BTreeSet::len),
            disagreement: rate(consensus).filter(|_| shown),
            error: rate(gold).filter(|_| shown && !few_on_gold.contains(name)),
        }
    };
    groups.into_iter().map(report).collect()
}

/// Who is in which group.
type People<'a> = BTreeMap<&'a str, BTreeSet<usize>>;

/// The groups that are too small to be shown, and those that would give them away.
fn hidden<'a>(groups: &People<'a>, people_min: usize) -> BTreeSet<&'a str> {
    let mut by_size: Vec<(usize, &str)> = groups.iter().map(|(name, people)| (people.len(), *name)).collect();
    by_size.sort_unstable();
    let (mut hidden, mut people) = (BTreeSet::new(), BTreeSet::<usize>::new());
    for (size, name) in by_size {
        let betrayed = hidden.len() == 1 || (!hidden.is_empty() && people.len() < people_min);
        if size >= people_min && !betrayed {
            break;
        }
        hidden.insert(name);
        people.extend(groups.get(name).into_iter().flatten());
    }
    hidden
}

fn count(skill: &mut Skill, right: bool) {
    if right {
        skill.right = skill.right.saturating_add(1);
    } else {
        skill.wrong = skill.wrong.saturating_add(1);
    }
}

/// The share of wrong ones, with its interval; `None` without any answers.
pub fn rate(skill: Skill) -> Option<Rate> {
    let answers = skill.right.saturating_add(skill.wrong);
    let (low, high) = skill.interval(1.96);
    let share = f64::from(skill.wrong) / f64::from(answers.max(1));
    (answers > 0).then_some(Rate { share, interval: (1.0 - high, 1.0 - low), answers })
}
