//! One SQL text, two dialects.

use std::{
    collections::HashMap,
    sync::{OnceLock, RwLock},
};

/// One of several statements that are sent together.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its text.
    pub sql: &'static str,
    /// How many arguments of others stand before its own.
    pub shift: usize,
}

/// Place, length and shift of each statement, and whether it is for PostgreSQL: two literals may begin at
/// one address, one being the start of the other.
type Key = (Vec<(usize, usize, usize)>, bool);

/// The statement in one dialect, translated once per statement.
pub fn dialect(sql: &'static str, pg: bool) -> &'static str {
    kept(&[Part { sql, shift: 0 }], pg)
}

/// Writes for PostgreSQL as one statement.
pub fn at_once(parts: &[Part]) -> &'static str {
    kept(parts, true)
}

fn kept(parts: &[Part], pg: bool) -> &'static str {
    static DONE: OnceLock<RwLock<HashMap<Key, &'static str>>> = OnceLock::new();
    let done = DONE.get_or_init(Default::default);
    let places = parts.iter().map(|part| (part.sql.as_ptr() as usize, part.sql.len(), part.shift)).collect();
    let key = (places, pg);
    if let Some(text) = done.read().ok().and_then(|map| map.get(&key).copied()) {
        return text;
    }
    let made = match parts {
        [one] => translate(one.sql, pg),
        several => together(several),
    };
    // Leaked on purpose: statements are literals, so there is a fixed number of them, and few are sent together.
    let text: &'static str = Box::leak(made.into_boxed_str());
    // Another caller may have been faster, and statements are told apart by where their text is.
    done.write().map_or(text, |mut map| map.entry(key).or_insert(text))
}

fn together(parts: &[Part]) -> String {
    let write = |(n, part): (usize, &Part)| format!("w{n} as ({})", shifted(part));
    let writes: Vec<String> = parts.iter().enumerate().map(write).collect();
    format!("with {} select 1", writes.join(", "))
}

/// The statement with its placeholders behind those of others.
fn shifted(part: &Part) -> String {
    let text = translate(part.sql, true);
    let mut pieces = text.split('$');
    let mut to = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = piece[..digits].parse::<usize>().map_or(String::new(), |n| (n + part.shift).to_string());
        to.push('$');
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
    use super::{Part, together, translate};

    #[test]
    fn statements_that_travel_together_keep_their_arguments_apart() {
        let parts = [
            Part { sql: "insert into a values ($1, $2)", shift: 0 },
            Part { sql: "delete from b where c = $1", shift: 2 },
        ];
        assert_eq!(
            together(&parts),
            "with w0 as (insert into a values ($1, $2)), w1 as (delete from b where c = $3) select 1"
        );
    }

    #[test]
    fn a_statement_differs_only_inside_its_dialect_comments() {
        let sql = "select 1 where a = $1 /*pg: for update*//*lite: limit 1*/ /* kept */";
        assert_eq!(translate(sql, true), "select 1 where a = $1  for update /* kept */");
        assert_eq!(translate(sql, false), "select 1 where a = ?1  limit 1 /* kept */");
    }
}
