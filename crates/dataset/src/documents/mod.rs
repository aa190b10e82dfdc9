//! What goes with the rows: the data card, the machine-readable description, licence and terms;
//! and the gate that stops a release that leaves something unsaid.

pub mod card;
mod chart;
pub mod croissant;
mod front_matter;
pub mod gate;
mod html;
pub(crate) mod json;
pub mod licence;
mod markdown;
mod page;
mod rai;
mod sections;
pub mod withdrawal_policy;
mod words;
