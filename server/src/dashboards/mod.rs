//! The numbers for each role: what a contributor can do now, how a project and a batch stand.

pub mod handlers;
mod model;
pub mod pages;
mod store;
