//! Simulated people: how each of them judges, and how long that takes. Pure.
//!
//! Honest people follow an item response model with one parameter (Rasch 1960): the log-odds of a
//! right answer are the person's ability less the item's hardness. So they err together on hard
//! items, as real listeners do. Times are lognormal, as response times are (van der Linden,
//! J. Educ. Behav. Stat. 31, 2006).

use super::dice::Dice;

/// What drives somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Character {
    /// Listens, and errs as people do.
    Honest,
    /// Clicks at once: always yes, always no, in turns or at random.
    Spammer(Habit),
    /// Takes the time that others take, and answers at random.
    CoinFlipper,
    /// Gives the answer that the ring has agreed on.
    Colluder,
}

/// How a spammer clicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Habit {
    /// The same answer always.
    Always(bool),
    /// Yes, no, yes, no.
    InTurns,
    /// Either.
    AtRandom,
}

/// One simulated person.
#[derive(Clone, Debug)]
pub struct Actor {
    /// What drives them.
    pub character: Character,
    /// Log-odds of a right answer to an item of no special hardness.
    ability: f64,
    /// How much slower than the typical person, as a logarithm.
    slowness: f64,
    /// How many answers until they leave for good, in the middle of a task.
    pub leaves_after: Option<u32>,
    dice: Dice,
    given: u32,
}

/// What is asked, with the truth that nobody is told.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The same for everybody who is asked about this clip.
    pub key: u64,
    /// Whether yes is right.
    pub truth: bool,
    /// How much harder than usual, in log-odds.
    pub hardness: f64,
    /// Length of the clip.
    pub length_ms: u32,
}

/// An answer and the time that it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Whether they said yes.
    pub yes: bool,
    /// Time from the task's appearance to the answer.
    pub duration_ms: i64,
}

/// How often a ring's answer is right: they guess or look once for all.
const RING_ACCURACY: f64 = 0.65;
/// How often a colluder keeps to the ring's answer.
const RING_LOYALTY: f64 = 0.95;

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Character {
    /// The kind in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::Spammer(_) => "spammer",
            Self::CoinFlipper => "coin-flipper",
            Self::Colluder => "colluder",
        }
    }
}

impl Question {
    /// A clip of a batch in which this share is right; hardness is spread this far.
    pub fn draw(dice: &mut Dice, share_yes: f64, spread: f64, length_ms: u32) -> Self {
        Self { key: dice.bits(), truth: dice.chance(share_yes), hardness: spread * dice.normal(), length_ms }
    }
}

impl Actor {
    /// Somebody of a crowd whose typical member is right with probability `skill`; their log-odds
    /// are spread this far.
    pub fn new(character: Character, skill: f64, spread: f64, dice: &mut Dice) -> Self {
        let dice = dice.fork(1);
        let mut own = dice.clone();
        Self {
            character,
            ability: logit(skill.clamp(0.01, 0.99)) + spread * own.normal(),
            slowness: 0.25 * own.normal(),
            leaves_after: None,
            dice: own,
            given: 0,
        }
    }

    /// How they answer; `ring` is what the colluders share.
    pub fn judge(&mut self, question: &Question, ring: u64) -> Given {
        self.given += 1;
        let able = self.dice.chance(logistic(self.ability - question.hardness));
        let right = |right: bool| if right { question.truth } else { !question.truth };
        let yes = match self.character {
            Character::Honest => right(able),
            Character::Spammer(Habit::Always(yes)) => yes,
            Character::Spammer(Habit::InTurns) => self.given.is_multiple_of(2),
            Character::Spammer(Habit::AtRandom) | Character::CoinFlipper => self.dice.chance(0.5),
            Character::Colluder if self.dice.chance(RING_LOYALTY) => {
                right(Dice(ring ^ question.key).chance(RING_ACCURACY))
            }
            Character::Colluder => right(able),
        };
        Given { yes, duration_ms: self.time_ms(question) }
    }

    fn time_ms(&mut self, question: &Question) -> i64 {
        let (typical_ms, spread) = match self.character {
            Character::Spammer(_) => (450.0, 0.25),
            _ => ((f64::from(question.length_ms) + 1_700.0) * self.slowness.exp(), 0.35),
        };
        #[expect(clippy::cast_possible_truncation, reason = "some seconds")]
        let duration_ms = (typical_ms * (spread * self.dice.normal()).exp()) as i64;
        duration_ms.max(1)
    }
}

/// Who takes part: honest people, and how many of each other kind among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mix {
    /// All of them.
    pub people: usize,
    /// Of these, spammers.
    pub spammers: usize,
    /// Of these, colluders: one ring.
    pub colluders: usize,
    /// Of these, coin-flippers.
    pub coin_flippers: usize,
}

/// The crowd, in an order in which kinds are mixed. An honest person is the same in every mix of
/// one seed, so that crowds can be compared.
pub fn crowd(mix: Mix, skill: f64, spread: f64, leaving: f64, dice: &mut Dice) -> Vec<Actor> {
    let honest = Character::Honest;
    let mut actors: Vec<Actor> = (0..mix.people).map(|_| Actor::new(honest, skill, spread, dice)).collect();
    let mut places: Vec<usize> = (0..mix.people).collect();
    for at in (1..places.len()).rev() {
        places.swap(at, dice.below(at + 1));
    }
    let habits = [Habit::AtRandom, Habit::Always(true), Habit::InTurns, Habit::Always(false)];
    let spammers = (0..mix.spammers).map(|n| Character::Spammer(habits[n % habits.len()]));
    let colluders = std::iter::repeat_n(Character::Colluder, mix.colluders);
    let flippers = std::iter::repeat_n(Character::CoinFlipper, mix.coin_flippers);
    for (place, character) in places.iter().zip(spammers.chain(colluders).chain(flippers)) {
        actors[*place].character = character;
    }
    for actor in &mut actors {
        let leaves = dice.chance(leaving).then(|| 5 + u32::try_from(dice.below(60)).unwrap_or(0));
        actor.leaves_after = leaves;
    }
    actors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_as_skilled_as_they_should_be_and_a_ring_agrees() {
        let mut dice = Dice(3);
        let questions: Vec<Question> = (0..4_000).map(|_| Question::draw(&mut dice, 0.7, 0.0, 1_200)).collect();
        let mut honest = Actor::new(Character::Honest, 0.9, 0.0, &mut dice);
        let right = questions.iter().filter(|question| honest.judge(question, 1).yes == question.truth).count();
        assert!((3_500..3_700).contains(&right), "{right}");
        let mut ring = [(); 2].map(|()| Actor::new(Character::Colluder, 0.9, 0.0, &mut dice));
        let said = ring.each_mut().map(|actor| questions.iter().map(|q| actor.judge(q, 9).yes).collect::<Vec<_>>());
        let same = said[0].iter().zip(&said[1]).filter(|(a, b)| a == b).count();
        assert!(same > 3_700, "{same}");
    }

    #[test]
    fn honest_people_are_the_same_in_every_mix() {
        let all = crowd(Mix { people: 20, ..Mix::default() }, 0.9, 0.6, 0.0, &mut Dice(5));
        let some = crowd(Mix { people: 20, spammers: 4, ..Mix::default() }, 0.9, 0.6, 0.0, &mut Dice(5));
        assert_eq!(some.iter().filter(|actor| actor.character != Character::Honest).count(), 4);
        for (a, b) in all.iter().zip(&some).filter(|(_, b)| b.character == Character::Honest) {
            assert_eq!((a.ability.to_bits(), a.slowness.to_bits()), (b.ability.to_bits(), b.slowness.to_bits()));
        }
    }
}
