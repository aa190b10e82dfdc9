//! The numbers for each role: what a contributor can do now, how a project and a batch stand.

pub mod fairness;
pub mod handlers;
mod model;
pub mod pages;
pub mod quality;
mod rules;
mod store;
