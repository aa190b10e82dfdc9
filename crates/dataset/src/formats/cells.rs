//! Cells of CSV and TSV files: quoted, and never a formula.

use std::borrow::Cow;
use std::io::Write;

/// A CSV writer as RFC 4180 has it, but with the line ends of Unix.
pub(crate) fn csv<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out)
}

/// `text` for a cell of a CSV file: a spreadsheet shows it and does not calculate it (OWASP, "CSV
/// Injection"). What would start a formula gets an apostrophe in front.
pub fn guard(text: &str) -> Cow<'_, str> {
    // The full-width forms do so in some locales.
    let starts = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(starts) || text.trim_start().starts_with(starts) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// One line of an unquoted TSV file. Tabs and line breaks in `cells` become spaces, formulas are
/// [guarded](guard).
pub(crate) fn tsv_line(mut out: impl Write, cells: &[&str]) -> std::io::Result<()> {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.write_all(b"\t")?;
        }
        let line = cell.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
        out.write_all(guard(line.trim()).as_bytes())?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::{guard, tsv_line};

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1"] {
            assert_eq!(guard(text), format!("'{text}"));
        }
        for text in ["", "alexa", "1+1", "a=b", "naïve"] {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn a_line_of_tsv_stays_one_line() {
        let mut out = Vec::new();
        tsv_line(&mut out, &["a\tb", " =c\nd", ""]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a b\t'=c d\t\n");
    }
}
