//! CSV in, row by row with every fault named, and CSV out, whole or not at all.

use std::{
    error::Error,
    fmt,
    fs::{self, File},
    io::{self, BufReader, IsTerminal, Write},
    path::{Path, PathBuf},
};

/// So many faults are told one by one.
const FAULTS_SHOWN: usize = 20;
/// Rows between two signs of life.
const PROGRESS_ROWS: u64 = 1 << 18;

/// What is wrong with a table; nothing has been written when it comes.
#[derive(Debug)]
pub struct BadTable {
    path: PathBuf,
    faults: Vec<String>,
    count: usize,
}

impl fmt::Display for BadTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be used as it is:", self.path.display())?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))?;
        if self.count > self.faults.len() {
            write!(f, "\n  and {} more", self.count - self.faults.len())?;
        }
        write!(f, "\nNothing was written. Mend these rows and run the command again.")
    }
}

impl Error for BadTable {}

/// Reads the named `columns` of every row, in any order and with others beside them.
///
/// `each` gets the fields in the order of `columns`. The last column may be empty only if
/// `empty_last`. Returns the rows read.
///
/// # Errors
/// [`BadTable`] with the line numbers of all rows that cannot be used; I/O.
pub fn read(
    path: &Path,
    columns: &[&str],
    empty_last: bool,
    mut each: impl FnMut(&[&str]),
) -> Result<u64, Box<dyn Error>> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::new(file));
    let mut bad = BadTable { path: path.into(), faults: Vec::new(), count: 0 };
    let header = reader.headers()?.clone();
    let place = |column: &&str| {
        let named = |field: &str| field.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(column);
        header.iter().position(named)
    };
    let Some(places) = columns.iter().map(place).collect::<Option<Vec<usize>>>() else {
        let found = header.iter().collect::<Vec<_>>().join(", ");
        bad.add(format!("line 1: the columns {} are needed, and there are: {found}", columns.join(", ")));
        return Err(bad.into());
    };
    let shows_progress = io::stderr().is_terminal();
    let (mut record, mut rows) = (csv::StringRecord::new(), 0_u64);
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                bad.add(format!("line {line}: this is not UTF-8 text"));
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        rows += 1;
        if shows_progress && rows.is_multiple_of(PROGRESS_ROWS) {
            eprint!("\r{rows} rows of {} …", path.display());
        }
        let line = record.position().map_or(line, csv::Position::line);
        if record.len() != header.len() {
            bad.add(format!("line {line}: {} fields instead of {}", record.len(), header.len()));
            continue;
        }
        let fields: Vec<&str> = places.iter().map(|&place| &record[place]).collect();
        let may_be_empty = if empty_last { columns.len() - 1 } else { columns.len() };
        match fields.iter().zip(columns).take(may_be_empty).find(|(field, _)| field.trim().is_empty()) {
            Some((_, column)) => bad.add(format!("line {line}: no {column}")),
            None => each(&fields),
        }
    }
    if shows_progress && rows >= PROGRESS_ROWS {
        eprintln!("\r{rows} rows of {}.  ", path.display());
    }
    if bad.count > 0 { Err(bad.into()) } else { Ok(rows) }
}

impl BadTable {
    fn add(&mut self, fault: String) {
        self.count += 1;
        if self.faults.len() < FAULTS_SHOWN {
            self.faults.push(fault);
        }
    }

    /// One fault that no single line has.
    pub fn whole(path: &Path, fault: String) -> Self {
        Self { path: path.into(), faults: vec![fault], count: 1 }
    }
}

/// Writes a table through `fill`; the file appears under its name only when it is whole.
///
/// # Errors
/// I/O.
pub fn write(
    path: &Path,
    fill: impl FnOnce(&mut csv::Writer<File>) -> Result<(), csv::Error>,
) -> Result<(), Box<dyn Error>> {
    let mut name = path.file_name().ok_or("--out needs the name of a file")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let told = |error: io::Error| format!("{}: {error}", part.display());
    let mut writer = csv::Writer::from_writer(File::create(&part).map_err(told)?);
    fill(&mut writer)?;
    let mut file = writer.into_inner().map_err(|error| error.into_error())?;
    file.flush()?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.csv");
        fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let (_folder, path) = table(b"\xef\xbb\xbfLabel,when,task,worker\nyes,now,a,w\n\"no, not\",then,b,v\n");
        let mut rows = Vec::new();
        let count = read(&path, &["task", "worker", "label"], false, |fields| rows.push(fields.join("|"))).unwrap();
        assert_eq!((count, rows), (2, vec!["a|w|yes".to_owned(), "b|v|no, not".to_owned()]));
    }

    #[test]
    fn every_bad_row_is_named_by_its_line() {
        let (_folder, path) = table(b"task,worker,label\na,w,x\na,w\n,w,x\n\xff,w,y\nb,w,\n\"c\nd\",w,x,x\n");
        let told = read(&path, &["task", "worker", "label"], false, |_| {}).unwrap_err().to_string();
        for fault in
            ["line 3: 2 fields", "line 4: no task", "line 5: this is not UTF-8", "line 6: no label", "line 7: 4 fields"]
        {
            assert!(told.contains(fault), "{fault} is missing in: {told}");
        }
        let told = read(&path, &["task", "answer"], false, |_| {}).unwrap_err().to_string();
        assert!(told.contains("task, answer are needed") && told.contains("task, worker, label"), "{told}");
    }

    #[test]
    fn a_table_that_breaks_off_is_never_seen() {
        let (_folder, path) = table(b"old");
        let broken = write(&path, |writer| {
            writer.write_record(["task", "label"])?;
            writer.write_record(["too", "many", "fields"])
        });
        assert!(broken.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write(&path, |writer| writer.write_record(["task", "label"])).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"task,label\n");
    }
}
