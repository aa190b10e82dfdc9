//! One SQL text, two dialects.

use std::{
    collections::HashMap,
    sync::{OnceLock, RwLock},
};

/// How a unit of the SQLite writer begins: with the transaction, or with one of two savepoints, which
/// take turns, so that undoing one that never began cannot undo the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opening {
    Transaction,
    /// The savepoint, and whether the other one ends before it.
    First(bool),
    Second(bool),
}

impl Opening {
    /// The savepoint that follows what was left.
    pub fn after(left: Option<Self>) -> Self {
        match left {
            Some(Self::First(_)) => Self::Second(true),
            Some(Self::Second(_)) => Self::First(true),
            Some(Self::Transaction) | None => Self::First(false),
        }
    }

    /// What begins it.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Transaction => "begin immediate",
            Self::First(false) => "savepoint first",
            Self::First(true) => "release second; savepoint first",
            Self::Second(false) => "savepoint second",
            Self::Second(true) => "release first; savepoint second",
        }
    }

    /// What takes it back.
    pub fn undo(self) -> &'static str {
        match self {
            Self::Transaction => "rollback",
            Self::First(_) => "rollback to first; release first",
            Self::Second(_) => "rollback to second; release second",
        }
    }

    /// What ends it and keeps its work.
    pub fn release(self) -> Option<&'static str> {
        match self {
            Self::Transaction => None,
            Self::First(_) => Some("release first"),
            Self::Second(_) => Some("release second"),
        }
    }
}

/// A statement that is run after another one or none, in one dialect.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    /// Two literals may begin at one address, one being the start of the other.
    at: (usize, usize),
    pg: bool,
    opening: Option<Opening>,
}

/// The statement in one dialect, translated once per statement.
pub fn dialect(sql: &'static str, pg: bool) -> &'static str {
    kept(sql, pg, None)
}

/// The statement for SQLite, after what begins a unit.
pub fn opened(sql: &'static str, opening: Option<Opening>) -> &'static str {
    kept(sql, false, opening)
}

fn kept(sql: &'static str, pg: bool, opening: Option<Opening>) -> &'static str {
    static DONE: OnceLock<RwLock<HashMap<Key, &'static str>>> = OnceLock::new();
    let done = DONE.get_or_init(Default::default);
    let key = Key { at: (sql.as_ptr() as usize, sql.len()), pg, opening };
    if let Some(text) = done.read().ok().and_then(|map| map.get(&key).copied()) {
        return text;
    }
    let text = translate(sql, pg);
    let text = opening.map_or(text.clone(), |opening| format!("{}; {text}", opening.sql()));
    // Leaked on purpose: statements are literals, so there is a fixed number of them.
    let text: &'static str = Box::leak(text.into_boxed_str());
    if let Ok(mut map) = done.write() {
        map.insert(key, text);
    }
    text
}

/// Switches one dialect's comments on, the other's off; `$N` is a *name* on SQLite, `?N` is not.
pub fn translate(sql: &str, pg: bool) -> String {
    let (on, off) = if pg { ("/*pg:", "/*lite:") } else { ("/*lite:", "/*pg:") };
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(start) = rest.find("/*") {
        let Some(end) = rest[start..].find("*/").map(|at| start + at) else { break };
        let comment = &rest[start..end];
        text.push_str(&rest[..start]);
        if let Some(body) = comment.strip_prefix(on) {
            text.push_str(body);
        } else if !comment.starts_with(off) {
            text.push_str(&rest[start..end + 2]);
        }
        rest = &rest[end + 2..];
    }
    text.push_str(rest);
    if pg { text } else { text.replace('$', "?") }
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn a_statement_differs_only_inside_its_dialect_comments() {
        let sql = "select 1 where a = $1 /*pg: for update*//*lite: limit 1*/ /* kept */";
        assert_eq!(translate(sql, true), "select 1 where a = $1  for update /* kept */");
        assert_eq!(translate(sql, false), "select 1 where a = ?1  limit 1 /* kept */");
    }
}
