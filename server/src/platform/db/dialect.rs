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

/// One of several statements that are sent together.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its text.
    pub sql: &'static str,
    /// How many arguments of others stand before its own.
    pub shift: usize,
}

/// What is sent, by which statements, in which dialect, behind which opening.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    /// Place, length and shift of each: two literals may begin at one address, one being the start of
    /// the other.
    parts: Vec<(usize, usize, usize)>,
    pg: bool,
    opening: Option<Opening>,
}

/// The statement in one dialect, translated once per statement.
pub fn dialect(sql: &'static str, pg: bool) -> &'static str {
    kept(&[Part { sql, shift: 0 }], pg, None)
}

/// Statements for SQLite, one after another, behind what begins a unit.
pub fn in_turn(parts: &[Part], opening: Option<Opening>) -> &'static str {
    kept(parts, false, opening)
}

/// Writes for PostgreSQL as one statement.
pub fn at_once(parts: &[Part]) -> &'static str {
    kept(parts, true, None)
}

fn kept(parts: &[Part], pg: bool, opening: Option<Opening>) -> &'static str {
    static DONE: OnceLock<RwLock<HashMap<Key, &'static str>>> = OnceLock::new();
    let done = DONE.get_or_init(Default::default);
    let places = parts.iter().map(|part| (part.sql.as_ptr() as usize, part.sql.len(), part.shift)).collect();
    let key = Key { parts: places, pg, opening };
    if let Some(text) = done.read().ok().and_then(|map| map.get(&key).copied()) {
        return text;
    }
    // Leaked on purpose: statements are literals, so there is a fixed number of them, and few are sent together.
    let text: &'static str = Box::leak(together(parts, pg, opening).into_boxed_str());
    if let Ok(mut map) = done.write() {
        map.insert(key, text);
    }
    text
}

fn together(parts: &[Part], pg: bool, opening: Option<Opening>) -> String {
    let texts = parts.iter().map(|part| if part.shift == 0 { translate(part.sql, pg) } else { shifted(part, pg) });
    if let ([_, _, ..], true) = (parts, pg) {
        let writes: Vec<String> = texts.enumerate().map(|(n, text)| format!("w{n} as ({text})")).collect();
        return format!("with {} select 1", writes.join(", "));
    }
    let texts: Vec<String> = opening.map(|opening| opening.sql().to_owned()).into_iter().chain(texts).collect();
    texts.join("; ")
}

/// The statement with its placeholders behind those of others. On SQLite they become names: of numbered
/// ones each smaller number would exist, too, and be bound.
fn shifted(part: &Part, pg: bool) -> String {
    let sign = if pg { '$' } else { '?' };
    let text = translate(part.sql, pg);
    let mut pieces = text.split(sign);
    let mut to = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = piece[..digits].parse::<usize>().map_or(String::new(), |n| (n + part.shift).to_string());
        to.push(if number.is_empty() { sign } else { '$' });
        to.push_str(&number);
        to.push_str(&piece[digits..]);
    }
    to
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
    use super::{Opening, Part, together, translate};

    #[test]
    fn statements_that_travel_together_keep_their_arguments_apart() {
        let parts = [
            Part { sql: "insert into a values ($1, $2)", shift: 0 },
            Part { sql: "delete from b where c = $1", shift: 2 },
        ];
        assert_eq!(
            together(&parts, true, None),
            "with w0 as (insert into a values ($1, $2)), w1 as (delete from b where c = $3) select 1"
        );
        assert_eq!(
            together(&parts, false, Some(Opening::Transaction)),
            "begin immediate; insert into a values (?1, ?2); delete from b where c = $3"
        );
    }

    #[test]
    fn a_statement_differs_only_inside_its_dialect_comments() {
        let sql = "select 1 where a = $1 /*pg: for update*//*lite: limit 1*/ /* kept */";
        assert_eq!(translate(sql, true), "select 1 where a = $1  for update /* kept */");
        assert_eq!(translate(sql, false), "select 1 where a = ?1  limit 1 /* kept */");
    }
}
