//! Limits on sensitive material, and how far they are used up.

/// A limit: at most `items` of a level or above within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Level that it is about, and everything above.
    pub level: i64,
    /// Length of the window, microseconds.
    pub window_us: i64,
    /// Items allowed within it.
    pub items: i64,
    /// The window in words.
    pub words: &'static str,
}

/// One sensitive item as it was handed out: level and time.
pub type Seen = (i64, i64);

/// How far one limit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The limit.
    pub limit: Limit,
    /// Items within its window.
    pub used: i64,
    /// When the next item fits again, if it does not now, UTC microseconds.
    pub free_at_us: Option<i64>,
}
