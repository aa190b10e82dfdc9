//! A document as blocks, from which both its Markdown and its HTML are made.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Span {
    /// Words of this crate.
    Ours(String),
    /// Whatever came in: shown, never obeyed.
    Theirs(String),
    /// Words of this crate in the font of code.
    Code(String),
}

/// A line of text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line(pub(crate) Vec<Span>);

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// Heading of a section.
    Section(&'static str),
    /// Heading within a section.
    Heading(&'static str),
    /// Some sentences.
    Text(Line),
    /// Points, one line each.
    List(Vec<Line>),
    /// A table under its head.
    Table { head: Vec<&'static str>, rows: Vec<Vec<Line>> },
    /// A picture (SVG) of the table that comes with it.
    Chart { title: &'static str, svg: String, head: Vec<&'static str>, rows: Vec<Vec<Line>> },
    /// A program.
    Program { language: &'static str, text: String },
}

/// A line from words of this crate: what stands between backticks is code, and each `{}` is a
/// value from elsewhere.
pub(crate) fn line(words: &str, values: &[&str]) -> Line {
    let mut spans = Vec::new();
    let mut values = values.iter();
    for (place, part) in words.split('`').enumerate() {
        if place % 2 == 1 {
            spans.push(Span::Code(part.to_owned()));
            continue;
        }
        for (place, words) in part.split("{}").enumerate() {
            if let Some(value) = (place > 0).then(|| values.next()).flatten() {
                spans.push(Span::Theirs((*value).to_owned()));
            }
            if !words.is_empty() {
                spans.push(Span::Ours(words.to_owned()));
            }
        }
    }
    Line(spans)
}

/// A line of nothing but a value from elsewhere.
pub(crate) fn theirs(text: &str) -> Line {
    Line(vec![Span::Theirs(text.to_owned())])
}

/// A line of nothing but words or a number of this crate.
pub(crate) fn ours(text: impl ToString) -> Line {
    Line(vec![Span::Ours(text.to_string())])
}

/// A paragraph, see [`line()`].
pub(crate) fn text(words: &str, values: &[&str]) -> Block {
    Block::Text(line(words, values))
}
