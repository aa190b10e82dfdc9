//! A connection to the file: statements, kept compiled, their arguments and rows.
//!
//! SQLite is a library: a statement runs in the thread that calls it. Arguments and rows have the types
//! of sqlx's `Any`, so that whatever PostgreSQL can store and fill, SQLite can.

use super::super::{DbError, DbResult, dialect::dialect};
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, Statement,
    types::{ToSqlOutput, ValueRef},
};
use sqlx::{
    any::{AnyArguments, AnyRow, AnyTypeInfo, AnyTypeInfoKind, AnyValue},
    error::{DatabaseError, ErrorKind},
};
use sqlx_core::any::{AnyColumn, AnyValueKind};
use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Statements that stay compiled: more than the server has.
const STATEMENTS: usize = 512;
/// How long another process may hold the file.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Link {
    connection: Connection,
    /// What the columns of a statement are called, by the place of its text.
    columns: HashMap<usize, Columns>,
}

struct Columns {
    by_name: Arc<sqlx_core::HashMap<sqlx_core::ext::ustr::UStr, usize>>,
    all: Vec<AnyColumn>,
}

/// Settings of a connection besides those that all have.
pub type Pragmas = &'static [(&'static str, &'static str)];

impl Link {
    /// Opens the file, which is created when missing.
    pub fn open(path: &Path, pragmas: Pragmas) -> DbResult<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(told)?;
        connection.busy_timeout(PATIENCE).map_err(told)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        for (name, value) in pragmas {
            connection.execute_batch(&format!("pragma {name} = {value}")).map_err(told)?;
        }
        Ok(Self { connection, columns: HashMap::new() })
    }

    /// How long a statement waits for another process.
    pub fn wait(&self, patience: Duration) {
        // It cannot fail: it sets a number.
        let _ = self.connection.busy_timeout(patience);
    }

    /// Whether no transaction is open.
    pub fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Runs a statement without arguments.
    pub fn run(&self, sql: &str) -> DbResult<()> {
        self.connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).map(drop).map_err(told)
    }

    /// Gives back the memory of pages that are in the file anyway.
    pub fn forget_pages(&self) {
        // What is kept too long is no fault of the work that was just done.
        let _ = self.script("pragma shrink_memory");
    }

    /// Runs several statements.
    pub fn script(&self, sql: &str) -> DbResult<()> {
        self.connection.execute_batch(sql).map_err(told)
    }

    /// Runs a statement and tells how many rows it touched.
    pub fn exec(&self, sql: &'static str, args: &AnyArguments) -> DbResult<u64> {
        let mut statement = self.prepared(dialect(sql, false), args)?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(told)?.is_some() {}
        drop(rows);
        drop(statement);
        Ok(self.connection.changes())
    }

    /// The rows that a statement brings.
    pub fn all(&mut self, sql: &'static str, args: &AnyArguments) -> DbResult<Vec<AnyRow>> {
        let text = dialect(sql, false);
        let mut statement = prepared(&self.connection, text, args)?;
        let columns = self.columns.entry(text.as_ptr() as usize).or_insert_with(|| Columns::of(&statement));
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(told)? {
            let value = |at| row.get_ref(at).map_err(told).and_then(value_of);
            all.push(AnyRow {
                column_names: columns.by_name.clone(),
                columns: columns.all.clone(),
                values: (0..columns.all.len()).map(value).collect::<DbResult<_>>()?,
            });
        }
        Ok(all)
    }

    fn prepared(&self, text: &str, args: &AnyArguments) -> DbResult<CachedStatement<'_>> {
        prepared(&self.connection, text, args)
    }
}

fn prepared<'c>(on: &'c Connection, text: &str, args: &AnyArguments) -> DbResult<CachedStatement<'c>> {
    let mut statement = on.prepare_cached(text).map_err(told)?;
    // One that stands in the other dialect only has no place here.
    let places = statement.parameter_count();
    for (at, value) in args.values.0.iter().take(places).enumerate() {
        statement.raw_bind_parameter(at + 1, bound(value)?).map_err(told)?;
    }
    Ok(statement)
}

impl Columns {
    fn of(statement: &Statement) -> Self {
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let type_info = AnyTypeInfo { kind: AnyTypeInfoKind::Null };
        let column = |(ordinal, name): (usize, &String)| AnyColumn {
            ordinal,
            name: name.clone().into(),
            type_info: type_info.clone(),
        };
        Self {
            all: names.iter().enumerate().map(column).collect(),
            by_name: Arc::new(names.iter().enumerate().map(|(at, name)| (name.clone().into(), at)).collect()),
        }
    }
}

fn bound(value: &AnyValueKind) -> DbResult<ToSqlOutput<'_>> {
    let value = match value {
        AnyValueKind::Null(_) => ValueRef::Null,
        AnyValueKind::Bool(value) => ValueRef::Integer(i64::from(*value)),
        AnyValueKind::SmallInt(value) => ValueRef::Integer(i64::from(*value)),
        AnyValueKind::Integer(value) => ValueRef::Integer(i64::from(*value)),
        AnyValueKind::BigInt(value) => ValueRef::Integer(*value),
        AnyValueKind::Real(value) => ValueRef::Real(f64::from(*value)),
        AnyValueKind::Double(value) => ValueRef::Real(*value),
        AnyValueKind::Text(value) => ValueRef::Text(value.as_bytes()),
        AnyValueKind::TextSlice(value) => ValueRef::Text(value.as_bytes()),
        AnyValueKind::Blob(value) => ValueRef::Blob(value),
        _ => return Err(DbError::Protocol("a value of a kind that SQLite does not store".into())),
    };
    Ok(ToSqlOutput::Borrowed(value))
}

fn value_of(value: ValueRef) -> DbResult<AnyValue> {
    let kind = match value {
        ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
        ValueRef::Integer(value) => AnyValueKind::BigInt(value),
        ValueRef::Real(value) => AnyValueKind::Double(value),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| DbError::Decode(error.into()))?;
            AnyValueKind::Text(Arc::new(text.to_owned()))
        }
        ValueRef::Blob(bytes) => AnyValueKind::Blob(Arc::new(bytes.to_vec())),
    };
    Ok(AnyValue { kind })
}

/// What SQLite refused, with its extended code (<https://sqlite.org/rescode.html>).
#[derive(Debug)]
struct Refused {
    code: i32,
    words: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(code: {}) {}", self.code, self.words)
    }
}

impl std::error::Error for Refused {}

impl DatabaseError for Refused {
    fn message(&self) -> &str {
        &self.words
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// SQLite's error as that of a database.
fn told(error: rusqlite::Error) -> DbError {
    match error {
        rusqlite::Error::SqliteFailure(cause, words) => {
            let words = words.unwrap_or_else(|| cause.to_string());
            DbError::Database(Box::new(Refused { code: cause.extended_code, words }))
        }
        other => DbError::Protocol(other.to_string()),
    }
}

/// Whether another process holds the file.
pub fn is_busy(error: &DbError) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code).and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| rusqlite::ffi::Error::new(code).code == ErrorCode::DatabaseBusy)
}

/// The file that an address names: `sqlite://path` or `sqlite:path`. What is kept in memory only would be
/// another database for each connection.
pub fn path_of(url: &str) -> DbResult<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or_default();
    if path.is_empty() || path.starts_with(':') || path.contains('?') {
        return Err(DbError::Configuration("give the database as sqlite://path: a file, without options".into()));
    }
    Ok(path.into())
}
