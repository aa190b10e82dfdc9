//! A document as one HTML file that needs nothing else, for the screen and for print.

use crate::documents::page::{Block, Line, Span};
use crate::escape::html as plain;

/// Columns from which on a table's rows stand as blocks on a narrow screen.
const WIDE: usize = 4;

/// Styles for the screen, narrow ones too, and for paper.
const STYLE: &str = "\
:root{color-scheme:light}\
body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:1rem;color:#1b1f23;background:#fff;overflow-wrap:break-word}\
h1,h2,h3{line-height:1.2}h2{border-top:1px solid #ccd2d8;padding-top:1rem;margin-top:2rem}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}\
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #dde2e6}\
pre{overflow-x:auto;background:#f4f6f8;padding:.5rem}figure{margin:1rem 0}figcaption{font-weight:600}\
svg{max-width:100%;height:auto}\
@media screen and (max-width:40rem){table.wide,table.wide>tbody,table.wide tr,table.wide td{display:block}\
table.wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\
table.wide td{border:0;padding:.1rem .5rem}table.wide tr{border-bottom:1px solid #dde2e6;padding:.4rem 0}\
table.wide td:first-child{font-weight:600}\
table.wide td:empty{display:none}\
table.wide td:not(:first-child)::before{content:attr(data-label) \": \";color:#57606a}}\
@media print{@page{margin:2cm}body{max-width:none;padding:0;font-size:10pt}\
h2,h3,figcaption{break-after:avoid}svg,tr,pre{break-inside:avoid}.scroll{overflow:visible}pre{white-space:pre-wrap}\
summary{display:none}details::details-content{content-visibility:visible;height:auto}}";

/// A whole page.
pub(crate) fn render(title: &str, blocks: &[Block]) -> String {
    let title = plain(title);
    let body = body(blocks);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n\
         </body>\n</html>\n"
    )
}

/// What stands in a page between its heading and its end.
pub(crate) fn body(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect()
}

fn line(line: &Line) -> String {
    let spans = line.0.iter().map(|span| match span {
        Span::Ours(text) | Span::Theirs(text) => plain(text),
        Span::Code(text) => format!("<code>{}</code>", plain(text)),
    });
    spans.collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Section(title) => format!("<h2>{}</h2>\n", plain(title)),
        Block::Heading(title) => format!("<h3>{}</h3>\n", plain(title)),
        Block::Text(text) => format!("<p>{}</p>\n", line(text)),
        Block::List(lines) => {
            let items: String = lines.iter().map(|text| format!("<li>{}</li>\n", line(text))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Table { head, rows } => table(head, rows),
        Block::Chart { title, svg, head, rows } => format!(
            "<figure>\n<figcaption>{}</figcaption>\n<div class=\"scroll\" tabindex=\"0\">\n{svg}</div>\n<details>\n<summary>The numbers</summary>\n{}</details>\n</figure>\n",
            plain(title),
            table(head, rows)
        ),
        Block::Program { text, .. } => format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", plain(text)),
    }
}

fn table(head: &[&str], rows: &[Vec<Line>]) -> String {
    let wide = head.len() >= WIDE;
    let cell = |(title, cell): (&&str, &Line)| {
        let label = if wide { format!(" data-label=\"{}\"", plain(title)) } else { String::new() };
        format!("<td{label}>{}</td>", line(cell))
    };
    let row = |row: &Vec<Line>| format!("<tr>{}</tr>\n", head.iter().zip(row).map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    let class = if wide { " class=\"wide\"" } else { "" };
    let head: String = head.iter().map(|title| format!("<th scope=\"col\">{}</th>", plain(title))).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\">\n<table{class}>\n<thead><tr>{head}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}
