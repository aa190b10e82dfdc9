//! A document as Markdown (CommonMark with tables).

use crate::documents::page::{Block, Line, Span};
use crate::escape::markdown as plain;

/// The blocks one after the other, an empty line between.
pub(crate) fn render(blocks: &[Block]) -> String {
    let blocks: Vec<String> = blocks.iter().map(block).collect();
    blocks.join("\n")
}

/// A line of Markdown.
pub(crate) fn line(line: &Line) -> String {
    let spans = line.0.iter().map(|span| match span {
        Span::Ours(text) => text.clone(),
        Span::Theirs(text) => plain(text),
        Span::Code(text) => format!("`{text}`"),
    });
    spans.collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Section(title) => format!("## {title}\n"),
        Block::Heading(title) => format!("### {title}\n"),
        Block::Text(text) => line(text) + "\n",
        Block::List(lines) => lines.iter().map(|text| format!("- {}\n", line(text))).collect(),
        Block::Table { head, rows } => table(head, rows),
        // Hubs show no inline SVG; the table has the same numbers.
        Block::Chart { title, head, rows, .. } => format!("### {title}\n\n{}", table(head, rows)),
        Block::Program { language, text } => format!("```{language}\n{text}\n```\n"),
    }
}

fn table(head: &[&str], rows: &[Vec<Line>]) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(line).collect();
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}
