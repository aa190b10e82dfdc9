//! What looks like abuse, and how sure that is: pure functions from facts to findings.
//!
//! Each detector asks how probable it is that an honest person's work looks at least like this,
//! and finds nothing unless that is very improbable: a case costs a human's time and an honest
//! person's trust. `tests/cases.rs` measures how often honest crowds are accused.

mod chance;
mod hoarding;
mod pace;
mod pairs;
mod patterns;
mod voices;

pub use chance::{binomial_tail, poisson_binomial_tail, runs_tail};
pub use hoarding::{Tasks, hoarding};
pub use pace::{Pace, bin_of, pace_of, too_fast};
pub use pairs::{Answered, Suspect, copying, partners};
pub use patterns::{Known, straight_lining};
pub use voices::{shared_handles, shared_sound};

/// Examples that a case names at most.
pub const EXAMPLES_MAX: usize = 20;
