//! JSON texts to and from the types of `wire`, with the browser's own parser.
//!
//! `serde_json` would be a quarter of the bundle: it parses and prints floats and says in words
//! what it expected where. Here the browser parses, and a text that does not fit is just that.

mod read;
mod write;

pub use read::read;
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

impl serde::de::Error for Unlike {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unlike
    }
}

impl serde::ser::Error for Unlike {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unlike
    }
}
