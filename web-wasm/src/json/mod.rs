//! The types of `wire` as JSON texts.
//!
//! `serde_json` would be a quarter of the bundle: it parses and prints floats and says in words what
//! it expected where. Here the browser writes numbers, and what it parses is read field by field.

mod write;

pub use write::write;

use std::fmt;

/// It does not fit.
#[derive(Debug)]
pub struct Unlike;

impl fmt::Display for Unlike {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Unlike {}

impl serde::ser::Error for Unlike {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unlike
    }
}
