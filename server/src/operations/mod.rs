//! What an operator sees and may do: health, metrics, dead letters, and checking the whole.

pub mod handlers;
pub mod pages;
pub mod verify;
