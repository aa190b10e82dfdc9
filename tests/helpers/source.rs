//! The repository's own source as the architecture tests read it: files, code, strings, comments.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One file; `path` is relative to the top of the repository, with `/`.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// One lexical piece of a Rust file and the line it starts on.
#[derive(Debug, PartialEq)]
pub struct Piece {
    pub line: usize,
    pub kind: Kind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Code,
    Text,
    Comment,
}

/// The top of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().into()
}

/// Every file with this extension in these folders and below, sorted; a missing folder is empty.
pub fn files(folders: &[&str], extension: &str) -> Vec<Source> {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| top().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                let short = path.strip_prefix(top()).unwrap().to_string_lossy().replace('\\', "/");
                found.push(Source { path: short, text: fs::read_to_string(path).unwrap() });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The Rust files of the server.
pub fn server() -> Vec<Source> {
    files(&["server/src"], "rs")
}

/// The sources of every crate in `crates/`.
pub fn crates() -> Vec<Source> {
    let mut sources = files(&["crates"], "rs");
    sources.retain(|source| source.path.split('/').nth(2) == Some("src"));
    sources
}

/// The first folder or file below `server/src`: a room, or `routes`, `app`, ….
pub fn room_of(path: &str) -> &str {
    let below = path.strip_prefix("server/src/").unwrap_or_default();
    below.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

impl Source {
    /// The pieces without unit tests, which stand last in a file.
    pub fn pieces(&self) -> Vec<Piece> {
        let end = self.text.match_indices("#[cfg(test)]\n").find_map(|(at, marker)| {
            let rest = &self.text[at + marker.len()..];
            let module = rest.lines().find(|line| !line.trim_start().starts_with("#["))?;
            (module.starts_with("mod ") && module.ends_with('{')).then_some(at)
        });
        pieces(&self.text[..end.unwrap_or(self.text.len())])
    }

    /// Only the code: no comments, no strings.
    pub fn code(&self) -> String {
        let pieces = self.pieces().into_iter();
        pieces.filter(|piece| piece.kind == Kind::Code).map(|piece| piece.text).collect()
    }
}

/// Cuts Rust text into code, string literals (without quotes) and comments.
pub fn pieces(text: &str) -> Vec<Piece> {
    let (mut found, mut rest, mut line) = (Vec::new(), text, 1);
    let mut code = String::new();
    while !rest.is_empty() {
        let (kind, length) = next(rest, &code);
        let (piece, tail) = rest.split_at(length);
        if kind == Kind::Code {
            code.push_str(piece);
        } else {
            flush(&mut found, &mut code, line);
            let text = if kind == Kind::Text { inside(piece) } else { piece };
            found.push(Piece { line, kind, text: text.into() });
        }
        line += piece.matches('\n').count();
        rest = tail;
    }
    flush(&mut found, &mut code, line);
    found
}

fn flush(found: &mut Vec<Piece>, code: &mut String, line_after: usize) {
    if !code.is_empty() {
        let line = line_after - code.matches('\n').count();
        found.push(Piece { line, kind: Kind::Code, text: std::mem::take(code) });
    }
}

/// What stands at the start of `rest`, and how many bytes of it.
fn next(rest: &str, before: &str) -> (Kind, usize) {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, until("*/", 2));
    }
    if let Some(literal) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = literal.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        return (Kind::Text, end.map_or(rest.len(), |at| at + 2));
    }
    let inside_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_') && !before.ends_with('b');
    if rest.starts_with("r\"") && !inside_word {
        return (Kind::Text, until("\"", 2));
    }
    if rest.starts_with("r#") && !inside_word {
        let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        if rest[1 + hashes..].starts_with('"') {
            return (Kind::Text, until(&format!("\"{}", "#".repeat(hashes)), hashes + 2));
        }
    }
    // A character literal may be a quote; a lifetime is no literal.
    for literal in ["'\"'", "'\\\"'", "'\\''", "'\\\\'", "'/'"] {
        if rest.starts_with(literal) {
            return (Kind::Code, literal.len());
        }
    }
    (Kind::Code, rest.chars().next().map_or(0, char::len_utf8))
}

/// A string literal without its prefix and quotes.
fn inside(literal: &str) -> &str {
    literal.trim_start_matches(['b', 'r', '#']).trim_end_matches('#').trim_matches('"')
}

/// What follows `prefix` in the code: the first name, or every name of a `{…}` group.
pub fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let first = |text: &str| text.trim_start().chars().take_while(|c| is_name(*c)).collect::<String>();
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|c: char| is_name(c) || c == ':' || c == '$') {
            continue;
        }
        let after = &code[at + prefix.len()..];
        let Some(group) = after.strip_prefix('{') else {
            names.push(first(after));
            continue;
        };
        let mut depth = 0;
        let mut entry = String::new();
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => names.push(first(&std::mem::take(&mut entry))),
                _ => {}
            }
            if !(c == ',' && depth == 0) {
                entry.push(c);
            }
        }
        names.push(first(&entry));
    }
    names.retain(|name| !name.is_empty());
    names
}
