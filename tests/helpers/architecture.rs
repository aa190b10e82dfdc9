//! The rules of the architecture as functions of text: a source goes in, its faults come out.

use std::collections::BTreeMap;

use super::source::{Kind, Source, names_after, room_of};

/// Rooms that may read every room's tables: they show, release or erase what the others keep.
const READERS: [&str; 3] = ["exports", "dashboards", "privacy"];

/// Fills an empty database with other rooms' rows, to measure with.
const FILLER: &str = "bench_cli";

/// The only places with SQL besides each room's `store.rs`.
const PLATFORM_SQL: [&str; 6] = ["db", "queue", "migrate", "secrets", "once", "locks"];

/// What somebody meant to do later.
pub fn unfinished(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for piece in source.pieces() {
        let words: &[&str] = match piece.kind {
            Kind::Comment => &["TODO", "FIXME", "XXX"],
            Kind::Code => &["todo!(", "unimplemented!(", "#[ignore", "dbg!("],
            Kind::Text => &[],
        };
        let left = words.iter().filter(|word| piece.text.contains(**word));
        faults.extend(left.map(|word| format!("`{word}` near line {}: finish it or leave it out", piece.line)));
    }
    faults
}

/// Imports of rooms that `order`, the order of `lib.rs`, puts below.
pub fn upward(source: &Source, order: &[String]) -> Vec<String> {
    let (code, own) = (source.code(), room_of(&source.path));
    if own == "lib" || own == "main" {
        return Vec::new();
    }
    let mut faults = Vec::new();
    if code.contains("use crate::{") {
        faults.push("write one `use crate::room::…` per room, so that imports can be read and checked".into());
    }
    let Some(rank) = order.iter().position(|room| room == own) else {
        faults.push(format!("`{own}` is not declared in lib.rs, which gives every module its place"));
        return faults;
    };
    let mut used = names_after(&code, "crate::");
    used.extend(names_after(&code, "super::super::"));
    used.sort();
    used.dedup();
    let below = used.iter().filter(|name| order[rank + 1..].contains(name));
    faults.extend(below.map(|name| format!("`{own}` stands above `{name}` in lib.rs and may not use it")));
    faults
}

/// Uses of another room's private parts.
pub fn behind_doors(source: &Source, order: &[String]) -> Vec<String> {
    let (code, own) = (source.code(), room_of(&source.path));
    // Files beside the rooms (routes, schedule, app) join handlers and jobs: that is their work.
    if !source.path.starts_with(&format!("server/src/{own}/")) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for room in order.iter().filter(|room| *room != own && *room != "platform") {
        let inner = names_after(&code, &format!("crate::{room}::")).into_iter();
        let inner = inner.filter(|name| ["store", "rules", "handlers", "jobs", "pages"].contains(&name.as_str()));
        faults.extend(inner.map(|name| format!("`{room}::{name}` is private to {room}: use what its mod.rs exports")));
    }
    faults
}

/// `model ← rules ← store ← mod ← handlers, jobs`; `pages` imports only `model`.
pub fn inside_order(source: &Source) -> Vec<String> {
    let (code, own) = (source.code(), room_of(&source.path));
    let part = source.path.trim_start_matches("server/src/").split('/').nth(1).unwrap_or_default();
    let siblings = || {
        let mut names = names_after(&code, "super::");
        names.extend(names_after(&code, &format!("crate::{own}::")));
        names
    };
    let banned: &[&str] = match part.trim_end_matches(".rs") {
        _ if own == "platform" => return Vec::new(),
        "model" => &["rules", "store", "handlers", "jobs", "pages"],
        "rules" => &["store", "handlers", "jobs", "pages"],
        "store" => &["handlers", "jobs", "pages"],
        "pages" => {
            let names = siblings().into_iter().filter(|name| name != "model" && name != "super");
            return names.map(|name| format!("pages use only `model`, not `{name}`")).collect();
        }
        _ => return Vec::new(),
    };
    let names = siblings().into_iter().filter(|name| banned.contains(&name.as_str()));
    names.map(|name| format!("`{part}` may not use `{name}` of its room")).collect()
}

/// Calls that only the `allowed` files may make.
pub fn mentions(source: &Source, calls: &[&str], allowed: &[&str], hint: &str) -> Vec<String> {
    if allowed.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let code = source.code();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let found = |call: &&&str| code.match_indices(**call).any(|(at, _)| !code[..at].ends_with(word));
    calls.iter().filter(found).map(|call| format!("`{call}`: {hint}")).collect()
}

/// SQL outside the stores.
pub fn stray_sql(source: &Source) -> Vec<String> {
    let home = source.path.ends_with("/store.rs") || source.path.contains("/store/");
    if home || PLATFORM_SQL.iter().any(|file| source.path.starts_with(&format!("server/src/platform/{file}"))) {
        return Vec::new();
    }
    let texts = source.pieces().into_iter().filter(|piece| piece.kind == Kind::Text && is_sql(&piece.text));
    texts.map(|piece| format!("line {}: SQL belongs into the room's store.rs", piece.line)).collect()
}

fn is_sql(text: &str) -> bool {
    // A sentence begins with one capital, SQL with none or only capitals.
    if text.trim_start().starts_with(char::is_uppercase) && !text.trim_start()[1..].starts_with(char::is_uppercase) {
        return false;
    }
    let words = words(text);
    let has = |word: &str| words.iter().any(|w| w == word);
    match words.iter().map(String::as_str).take(2).collect::<Vec<_>>()[..] {
        ["select", _] => has("from"),
        ["insert", "into"] | ["delete", "from"] => true,
        ["update", _] => has("set"),
        ["with", _] => has("select"),
        _ => false,
    }
}

/// Lower-case words; brackets and commas are words of their own.
fn words(sql: &str) -> Vec<String> {
    let mut text = sql.to_lowercase();
    for mark in ["(", ")", ",", ";", "/*pg:", "/*lite:", "*/"] {
        text = text.replace(mark, &format!(" {mark} "));
    }
    text.split_whitespace().map(String::from).collect()
}

/// Which room's migration creates each table.
pub fn owners(migrations: &[Source], rooms: &[String]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for migration in migrations {
        let name = migration.path.trim_start_matches("migrations/").trim_end_matches(".sql");
        let name = name.split_once('_').map_or(name, |(_, name)| name);
        let room = rooms.iter().filter(|room| name.starts_with(room.as_str())).max_by_key(|room| room.len());
        let room = room.map_or(name, String::as_str);
        let uncommented: String =
            migration.text.lines().filter_map(|line| line.split("--").next()).collect::<Vec<_>>().join("\n");
        for pair in words(&uncommented).windows(6) {
            if let [create, table, rest @ ..] = pair
                && create == "create"
                && table == "table"
            {
                let name = rest.iter().find(|word| !["if", "not", "exists"].contains(&word.as_str()));
                owners.insert(name.unwrap().clone(), room.to_owned());
            }
        }
    }
    owners
}

/// Tables of other rooms that a room's SQL touches.
pub fn foreign_tables(source: &Source, owners: &BTreeMap<String, String>) -> Vec<String> {
    let own = room_of(&source.path);
    if own == FILLER {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for piece in source.pieces().iter().filter(|piece| piece.kind == Kind::Text) {
        let words = words(&piece.text);
        for (at, pair) in words.windows(2).enumerate() {
            let before = at.checked_sub(1).map_or("", |at| words[at].as_str());
            let writes = match pair[0].as_str() {
                "into" => true,
                // Not `for update` and not `on conflict do update`.
                "update" => before != "for" && before != "do",
                "from" => before == "delete",
                "join" => false,
                _ => continue,
            };
            let Some(owner) = owners.get(pair[1].trim_matches('"')).filter(|owner| *owner != own) else { continue };
            let table = &pair[1];
            if writes {
                faults.push(format!("line {}: writes `{table}`, a table of {owner}: call {owner}", piece.line));
            } else if !READERS.contains(&own) {
                faults.push(format!("line {}: reads `{table}`, a table of {owner}: ask {owner}", piece.line));
            }
        }
    }
    faults
}

/// Scripts and styles in a page, which its content security policy forbids.
pub fn inline_code(source: &Source) -> Vec<String> {
    let text = source.text.to_lowercase();
    let mut faults = Vec::new();
    for tag in ["<script", "<style"] {
        let inline = text.match_indices(tag).any(|(at, _)| {
            let tag = text[at..].split('>').next().unwrap_or_default();
            !tag.contains(" src=")
        });
        if inline {
            faults.push(format!("`{tag}>` in the page is refused by browsers: put it into static/"));
        }
    }
    for attribute in [" style=", " onclick=", " onchange=", " onsubmit=", " oninput=", " onload=", "javascript:"] {
        if text.contains(attribute) {
            faults.push(format!("`{}` is refused by browsers: use static/", attribute.trim()));
        }
    }
    faults
}
