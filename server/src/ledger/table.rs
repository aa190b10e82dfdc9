//! Tables of money as CSV, in which no cell is a formula.

use crate::platform::problem::Problem;
use dataset::formats::cells::guard;

/// A header and rows as CSV.
///
/// # Errors
/// When memory cannot be written to, which is a fault of ours.
pub fn csv<const N: usize>(head: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> Result<String, Problem> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(head).map_err(Problem::internal)?;
    for row in rows {
        // A true number may be negative; everything else is text.
        let number = |cell: &str| cell.parse::<f64>().is_ok();
        let cells = row.iter().map(|cell| if number(cell) { cell.into() } else { guard(cell) });
        out.write_record(cells.map(|cell| cell.into_owned())).map_err(Problem::internal)?;
    }
    let bytes = out.into_inner().map_err(Problem::internal)?;
    String::from_utf8(bytes).map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn a_note_is_never_a_formula_and_a_number_stays_one() {
        let rows = [["=1+1".to_owned(), "-0.05".to_owned()]];
        let text = csv(&["note", "amount"], rows.into_iter()).expect("memory");
        assert_eq!(text, "note,amount\n'=1+1,-0.05\n");
    }
}
