//! CSV in, row by row with every fault named, and CSV out, whole or not at all.

use super::lines::Lines;
use std::{
    collections::HashMap,
    error::Error,
    fmt,
    fs::{self, File},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

/// So many faults are told one by one.
const FAULTS_SHOWN: usize = 20;
/// Rows between two signs of life.
const PROGRESS_ROWS: u64 = 1 << 18;

const NO_TEXT: &str = "this is not UTF-8 text";
/// Bytes read at once.
const BUFFER: usize = 1 << 16;

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

/// Reads the named `columns` of every row, in any order and with others beside them. The path `-`
/// is the standard input.
///
/// `each` gets the fields in the order of `columns` and may say what is wrong with them. The last
/// column may be empty only if `empty_last`. Returns the rows read.
///
/// # Errors
/// [`BadTable`] with the line numbers of all rows that cannot be used; I/O.
pub fn read(
    path: &Path,
    columns: &[&str],
    empty_last: bool,
    mut each: impl FnMut(&[&str]) -> Result<(), String>,
) -> Result<u64, Box<dyn Error>> {
    let told = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
    let source: Box<dyn io::Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(|error| told(&error))?)
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).buffer_capacity(BUFFER).from_reader(Lines::new(source));
    let mut bad = BadTable { path: path.into(), faults: Vec::new(), count: 0 };
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) if is_no_text(&error) => {
            bad.add(reader.get_mut().line_of(0), NO_TEXT);
            return Err(bad.into());
        }
        Err(error) => return Err(told(&error).into()),
    };
    let places = match places(&header, columns) {
        Ok(places) => places,
        Err(fault) => {
            bad.add(reader.get_mut().line_of(0), &fault);
            return Err(bad.into());
        }
    };
    let shows_progress = io::stderr().is_terminal();
    let (mut record, mut rows) = (csv::StringRecord::new(), 0_u64);
    // The line of the last row, and whether its last field goes on over the end of a line.
    let mut last = (0, false);
    loop {
        let from = reader.position().byte();
        let is_text = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => true,
            Err(error) if is_no_text(&error) => false,
            Err(error) => return Err(told(&error).into()),
        };
        let line = reader.get_mut().line_of(from);
        rows += 1;
        if shows_progress && rows.is_multiple_of(PROGRESS_ROWS) {
            eprint!("\r{rows} rows of {} …", path.display());
        }
        last = (line, record.iter().next_back().is_some_and(|field| field.contains('\n')));
        let fields = if is_text { fields(&record, &places, header.len()) } else { Err(NO_TEXT.to_owned()) };
        let taken = fields.and_then(|fields| {
            let may_be_empty = if empty_last { columns.len() - 1 } else { columns.len() };
            match fields.iter().zip(columns).take(may_be_empty).find(|(field, _)| field.trim().is_empty()) {
                Some((_, column)) => Err(format!("no {column}")),
                None => each(&fields),
            }
        });
        if let Err(fault) = taken {
            bad.add(line, &fault);
        }
    }
    if last.1 && reader.get_ref().has_odd_quotes() {
        bad.add(last.0, "a quotation mark is opened here and never closed");
    }
    if shows_progress && rows >= PROGRESS_ROWS {
        eprintln!("\r{rows} rows of {}.  ", path.display());
    }
    if bad.count > 0 { Err(bad.into()) } else { Ok(rows) }
}

fn is_no_text(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Utf8 { .. })
}

/// The fields at these places of a row that has as many as the header.
fn fields<'a>(record: &'a csv::StringRecord, places: &[usize], wanted: usize) -> Result<Vec<&'a str>, String> {
    if record.len() == wanted {
        Ok(places.iter().map(|&place| &record[place]).collect())
    } else {
        Err(format!("{} fields instead of {wanted}", record.len()))
    }
}

/// Where each of `columns` stands in the header.
fn places(header: &csv::StringRecord, columns: &[&str]) -> Result<Vec<usize>, String> {
    let place = |column: &&str| {
        let named = |field: &str| field.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(column);
        let mut found = header.iter().enumerate().filter(|(_, field)| named(field)).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(format!("the column {column} is there twice")),
            (None, _) => {
                let there = header.iter().collect::<Vec<_>>().join(", ");
                Err(format!("the columns {} are needed, and there are: {there}", columns.join(", ")))
            }
        }
    };
    columns.iter().map(place).collect()
}

/// Reads what is known about tasks from the columns task and label: one label a task, though it
/// may be said again. `check` may refuse a label.
///
/// # Errors
/// As [`read`]; a task with two labels is named by the line of the second.
pub fn known(
    path: &Path,
    empty_label: bool,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let mut known: HashMap<String, String> = HashMap::new();
    read(path, &["task", "label"], empty_label, |fields| {
        let (task, label) = (fields[0], fields[1]);
        check(label)?;
        match known.get(task) {
            Some(before) if before != label => {
                Err(format!("“{task}” is “{label}” here and “{before}” in a line above; keep one of them"))
            }
            Some(_) => Ok(()),
            None => {
                known.insert(task.to_owned(), label.to_owned());
                Ok(())
            }
        }
    })?;
    Ok(known)
}

impl BadTable {
    fn add(&mut self, line: u64, fault: &str) {
        self.count += 1;
        if self.faults.len() < FAULTS_SHOWN {
            self.faults.push(format!("line {line}: {fault}"));
        }
    }

    /// One fault that no single line has.
    pub fn whole(path: &Path, fault: String) -> Self {
        Self { path: path.into(), faults: vec![fault], count: 1 }
    }
}

/// Writes a table through `fill`; the file appears under its name only when it is whole, and
/// nothing is left of one that breaks off.
///
/// # Errors
/// I/O.
pub fn write(
    path: &Path,
    fill: impl FnOnce(&mut csv::Writer<File>) -> Result<(), csv::Error>,
) -> Result<(), Box<dyn Error>> {
    let told = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
    let mut name = path.file_name().ok_or("--out needs the name of a file")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let file = File::create(&part).map_err(|error| told(&error))?;
    let written = fill_file(file, fill).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What was written is of no use, and the error that made it so is the one to tell.
        fs::remove_file(&part).ok();
    }
    Ok(written.map_err(|error| told(&error))?)
}

fn fill_file(file: File, fill: impl FnOnce(&mut csv::Writer<File>) -> Result<(), csv::Error>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    fill(&mut writer)?;
    let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    file.flush()?;
    file.sync_all()
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
        let count = read(&path, &["task", "worker", "label"], false, |fields| {
            rows.push(fields.join("|"));
            Ok(())
        })
        .unwrap();
        assert_eq!((count, rows), (2, vec!["a|w|yes".to_owned(), "b|v|no, not".to_owned()]));
    }

    #[test]
    fn every_bad_row_is_named_by_its_line() {
        let (_folder, path) = table(b"task,worker,label\na,w,x\na,w\n,w,x\n\xff,w,y\nb,w,\n\"c\nd\",w,x,x\n");
        let told = read(&path, &["task", "worker", "label"], false, |_| Ok(())).unwrap_err().to_string();
        for fault in
            ["line 3: 2 fields", "line 4: no task", "line 5: this is not UTF-8", "line 6: no label", "line 7: 4 fields"]
        {
            assert!(told.contains(fault), "{fault} is missing in: {told}");
        }
        let told = read(&path, &["task", "answer"], false, |_| Ok(())).unwrap_err().to_string();
        assert!(told.contains("task, answer are needed") && told.contains("task, worker, label"), "{told}");
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let faults = |bytes: &[u8]| {
            let (_folder, path) = table(bytes);
            read(&path, &["task", "worker", "label"], false, |_| Ok(())).unwrap_err().to_string()
        };
        let dos = faults(b"task,worker,label\r\na,w,x\r\n\r\n\r\nb,w\r\nc,w,\"x\r\ny\"\r\nd,w\r\n");
        assert!(dos.contains("\n  line 5: 2 fields") && dos.contains("\n  line 8: 2 fields"), "{dos}");
        let blank = faults(b"\n\ntask,worker,label\na,w,x\n\n\nb,w");
        assert!(blank.contains("\n  line 7: 2 fields"), "{blank}");
        assert!(faults(b"\n\nitem,worker,label\n").contains("\n  line 3: the columns"));
        let open = faults(b"task,worker,label\na,w,\"x\"\nb,w,\"y\nc,w,z\nd,w,x\n");
        assert!(open.contains("\n  line 3: a quotation mark is opened here"), "{open}");
        assert!(faults(b"task,worker,Task,label\na,w,b,x\n").contains("line 1: the column task is there twice"));
        assert!(faults(b"\xff\xfet\0a\0s\0k\0").contains("line 1: this is not UTF-8"));
    }

    #[test]
    fn a_table_that_breaks_off_is_never_seen() {
        let (_folder, path) = table(b"old");
        let broken = write(&path, |writer| {
            writer.write_record(["task", "label"])?;
            writer.write_record(["too", "many", "fields"])
        });
        assert!(broken.is_err() && !path.with_file_name("answers.csv.part").exists());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write(&path, |writer| writer.write_record(["task", "label"])).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"task,label\n");
    }
}
