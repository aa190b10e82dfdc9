//! One SQL text, two dialects.

use std::{
    collections::HashMap,
    sync::{OnceLock, RwLock},
};

/// The statement in one dialect, translated once per statement.
pub fn dialect(sql: &'static str, pg: bool) -> &'static str {
    type Translated = HashMap<(usize, usize, bool), &'static str>;
    static DONE: OnceLock<RwLock<Translated>> = OnceLock::new();
    let done = DONE.get_or_init(Default::default);
    // Two literals may begin at one address, one being the start of the other.
    let key = (sql.as_ptr() as usize, sql.len(), pg);
    if let Some(text) = done.read().ok().and_then(|map| map.get(&key).copied()) {
        return text;
    }
    // Leaked on purpose: statements are literals, so there is a fixed number of them.
    let text: &'static str = Box::leak(translate(sql, pg).into_boxed_str());
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
