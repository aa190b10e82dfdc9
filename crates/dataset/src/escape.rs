//! Text from people, made harmless in Markdown, in HTML and in YAML.

/// One line of Markdown that shows `text` and does nothing else: no markup, no HTML, no links,
/// no table cells, no direction tricks. Line breaks and control characters become spaces.
pub(crate) fn markdown(text: &str) -> String {
    let line: String =
        text.chars().filter(|&c| !turns_direction(c)).map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    let line = line.trim();
    let mut out = String::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        let before = &line[..at];
        let after = &line[at + c.len_utf8()..];
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                out.extend(['\\', c]);
            }
            ':' if after.starts_with("//") => out.push_str("\\:"),
            '.' if before.to_ascii_lowercase().ends_with("www") => out.push_str("\\."),
            '-' | '+' | '=' if before.is_empty() => out.extend(['\\', c]),
            '.' | ')' if is_number(before) && !after.starts_with(is_inner) => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// `text` for HTML, between tags and in quoted attributes. Control characters become spaces.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|&c| !turns_direction(c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

/// `text` as a YAML scalar in double quotes (YAML 1.2.2, §7.3.1).
pub(crate) fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if breaks_line(c) || turns_direction(c) || c == '\u{feff}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Embeddings, overrides and isolates, which can make a page read other than it is written. The
/// marks that right-to-left scripts need are left alone.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a list marker would start here: the number of "1." or "1)" at the start of a line.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a list marker would not end here: no space follows, as in "1.5".
fn is_inner(c: char) -> bool {
    !c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::{markdown, yaml};

    #[test]
    fn markup_is_shown_not_obeyed() {
        for (text, expected) in [
            ("okay, lights on?", "okay, lights on?"),
            ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
            ("[a](b) ![c](d)", "\\[a\\](b) \\!\\[c\\](d)"),
            ("**a** _b_ `c` ~~d~~", "\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"),
            ("a | b\n# c", "a \\| b \\# c"),
            ("https://a.example", "https\\://a.example"),
            ("see WWW.a.example", "see WWW\\.a.example"),
            ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
            ("- one", "\\- one"),
            ("12. twelve", "12\\. twelve"),
            ("7)", "7\\)"),
            ("1.2.0", "1.2.0"),
            ("CC-BY-4.0", "CC-BY-4.0"),
            ("a\u{202e}b", "ab"),
            ("שלום\u{200f}", "שלום\u{200f}"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }

    #[test]
    fn yaml_scalars_cannot_be_left() {
        assert_eq!(yaml("no"), "\"no\"");
        assert_eq!(yaml("a\"\n---\\"), "\"a\\\"\\u000A---\\\\\"");
        assert_eq!(yaml("\u{85}\u{2028}é"), "\"\\u0085\\u2028é\"");
    }
}
