//! Answers in, calibrated labels out.
//!
//! Several people judge the same item; each is right with some probability that gold items
//! have measured. This crate turns their answers into one probability per class and says
//! whether that is sure enough. It is pure: the same facts, in any order, give the same bits,
//! without clock, randomness or storage.
//!
//! Whole crowds: a [`Builder`] numbers [`Answer`]s and gold into a [`Dataset`] whose [`Crowd`]
//! every [`Method`] works on; [`Consensus`] is the result, [`Online`] the same belief answer by
//! answer, [`Policy`] says when to stop, [`worth`] whether one more answer can help, and
//! [`mod@replay`] what that would have cost. [`agreement`],
//! [`quality`] and [`calibration`] measure; [`structured`] is for answers that are no categories.
//!
//! The way of one item, with accuracies from gold alone:
//!
//! 1. [`Skill`] is what gold items told about a person; [`Skill::accuracy`] is the estimate.
//! 2. Each answer becomes a [`Vote`] with that accuracy. An abstention ("unsure") is no vote.
//! 3. [`posterior()`] weighs the votes against each other.
//! 4. [`decide`] settles the item, asks for one more answer, or leaves it to a reviewer.
//!
//! [`plurality`] is the plain count that the posterior can be compared with, and
//! [`krippendorff_alpha`] tells a whole project how well its annotators agree.
//!
//! ```
//! use consensus::{Decision, Skill, Vote, decide, posterior};
//!
//! let practised = Skill { right: 46, wrong: 2 }.accuracy();
//! let newcomer = Skill::default().accuracy();
//! let votes = [
//!     Vote { label: 0, accuracy: practised },
//!     Vote { label: 0, accuracy: newcomer },
//!     Vote { label: 1, accuracy: newcomer },
//! ];
//! let belief = posterior(&votes, 2, None);
//! let Decision::Settled { label, probability } = decide(&belief, 3, 2, 9, 0.9) else {
//!     panic!("the practised annotator settles it");
//! };
//! assert_eq!(label, 0);
//! assert!(probability > 0.9);
//! ```

pub mod accuracy;
pub mod agreement;
pub mod calibration;
mod canonical;
pub mod consensus;
pub mod crowd;
pub mod dataset;
pub mod em;
pub mod majority;
mod math;
pub mod methods;
pub mod names;
pub mod online;
pub mod posterior;
pub mod quality;
pub mod replay;
pub mod stopping;
pub mod structured;
pub mod worth;

pub use accuracy::Skill;
pub use agreement::krippendorff_alpha;
pub use consensus::{Consensus, WorkerModel};
pub use crowd::Crowd;
pub use dataset::{Answer, BuildError, Builder, Dataset};
pub use majority::{Plurality, plurality};
pub use methods::Method;
pub use online::Online;
pub use posterior::{Vote, posterior};
pub use stopping::{Decision, Policy, decide};
pub use worth::NextAnswer;
