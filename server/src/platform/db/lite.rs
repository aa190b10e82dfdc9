//! SQLite: one writer whose commits are shared by all who wait (group commit), and some readers.
//!
//! A caller's transaction is a *unit*. The first unit opens the database's transaction; those that
//! waited meanwhile follow in it one after another, each in a savepoint; it is committed when nobody
//! waits any more, or when [`GROUP_MAX`] units are in it. Every caller waits for that commit, so what
//! is acknowledged is as durable as with a commit of its own, and a unit that is given up or fails
//! takes back its own writes only. At `synchronous=FULL` one commit costs one `fdatasync`, however
//! many units share it.

use super::{DbError, DbResult};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    str::FromStr,
    sync::{
        Arc, Mutex as Lock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, oneshot},
};

/// Most units that share a commit: a bound on how long the first one waits.
const GROUP_MAX: usize = 64;
/// Connections for reading.
const READERS: usize = 4;

/// One writer, several readers, one file. Cheap to clone.
#[derive(Clone)]
pub struct Lite {
    writer: Arc<Mutex<Writer>>,
    /// Callers who wait for the writer.
    waiting: Arc<AtomicUsize>,
    readers: Arc<Lock<Vec<SqliteConnection>>>,
    free: Arc<Semaphore>,
}

struct Writer {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    /// Units whose work is in the open transaction and whose callers wait for its commit.
    group: Vec<oneshot::Sender<DbResult<()>>>,
    /// Whether a unit is open: in a savepoint if it follows others, else in the transaction itself.
    /// Set before it begins and cleared after it ends, because a caller may go away in the middle.
    open: bool,
    /// Whether an error may have ended the transaction behind our back (<https://sqlite.org/lang_transaction.html>,
    /// "Response To Errors Within A Transaction").
    broken: bool,
}

impl Lite {
    pub(super) async fn open(url: &str) -> DbResult<Self> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .statement_cache_capacity(256)
            .disable_statement_logging();
        let connection = SqliteConnection::connect_with(&options).await?;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(SqliteConnection::connect_with(&options).await?);
        }
        let writer = Writer { connection, options, group: Vec::new(), open: false, broken: false };
        Ok(Self {
            writer: Arc::new(Mutex::new(writer)),
            waiting: Arc::default(),
            readers: Arc::new(Lock::new(readers)),
            free: Arc::new(Semaphore::new(READERS)),
        })
    }

    pub(super) async fn begin(&self) -> DbResult<Unit> {
        let waits = Waits::begin(self);
        let writer = self.writer.clone().lock_owned().await;
        waits.over();
        let mut unit = Unit { writer: Some(writer), lite: self.clone() };
        unit.writer().start().await?;
        Ok(unit)
    }

    pub(super) async fn read(&self) -> DbResult<Reader> {
        let permit = self.free.clone().acquire_owned().await.map_err(|_| DbError::PoolClosed)?;
        let connection = self.idle().pop().ok_or(DbError::PoolClosed)?;
        Ok(Reader { connection: Some(connection), lite: self.clone(), _permit: permit })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn close(&self) {
        self.free.close();
        self.idle().clear();
        self.writer.lock().await.finish().await;
    }

    /// Sees to it that what others wait for is committed although a caller has gone away.
    fn look_after(&self) {
        let lite = self.clone();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let mut writer = lite.writer.lock().await;
                if lite.waiting.load(Ordering::SeqCst) == 0 {
                    writer.finish().await;
                }
            });
        }
    }
}

/// Somebody who waits for the writer.
struct Waits<'a>(Option<&'a Lite>);

impl<'a> Waits<'a> {
    fn begin(lite: &'a Lite) -> Self {
        lite.waiting.fetch_add(1, Ordering::SeqCst);
        Self(Some(lite))
    }

    fn over(mut self) {
        if let Some(lite) = self.0.take() {
            lite.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        // Given up: somebody may have left the commit to us.
        if let Some(lite) = self.0.take() {
            lite.waiting.fetch_sub(1, Ordering::SeqCst);
            lite.look_after();
        }
    }
}

/// A caller's transaction.
pub(super) struct Unit {
    /// Taken when it ends.
    writer: Option<OwnedMutexGuard<Writer>>,
    lite: Lite,
}

impl Unit {
    fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().expect("a unit holds the writer until it ends")
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.writer().connection
    }

    /// Notes an error that may have ended the transaction of the whole group.
    pub(super) fn saw<T>(&mut self, result: DbResult<T>) -> DbResult<T> {
        if result.as_ref().is_err_and(ends_transactions) {
            self.writer().broken = true;
        }
        result
    }

    pub(super) async fn commit(mut self) -> DbResult<()> {
        let (told, hear) = oneshot::channel();
        let writer = self.writer();
        writer.leave().await?;
        writer.group.push(told);
        if writer.group.len() >= GROUP_MAX || self.lite.waiting.load(Ordering::SeqCst) == 0 {
            let writer = self.writer.take();
            // A task of its own: the others' commit must not end with this caller.
            tokio::spawn(async move {
                if let Some(mut writer) = writer {
                    writer.finish().await;
                }
            });
        } else {
            self.writer = None;
        }
        hear.await.unwrap_or(Err(DbError::WorkerCrashed))
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if self.writer.take().is_some() && self.lite.waiting.load(Ordering::SeqCst) == 0 {
            self.lite.look_after();
        }
    }
}

impl Writer {
    async fn run(&mut self, sql: &'static str) -> DbResult<()> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await.map(drop);
        if done.as_ref().is_err_and(ends_transactions) {
            self.broken = true;
        }
        done
    }

    /// Begins a unit.
    async fn start(&mut self) -> DbResult<()> {
        self.take_back().await?;
        self.open = true;
        let begun = self.run(if self.group.is_empty() { "begin immediate" } else { "savepoint unit" }).await;
        self.open = begun.is_ok();
        begun
    }

    /// Ends the open unit; its work waits for the commit.
    async fn leave(&mut self) -> DbResult<()> {
        if !self.group.is_empty() {
            self.run("release unit").await?;
        }
        self.open = false;
        Ok(())
    }

    /// Undoes a unit that its caller gave up.
    async fn take_back(&mut self) -> DbResult<()> {
        if self.open && !self.broken {
            let sql = if self.group.is_empty() { "rollback" } else { "rollback to unit; release unit" };
            // An error says that it had not begun, or was undone before: its caller went away at
            // that very moment.
            self.run(sql).await.ok();
        }
        self.open = false;
        if !self.broken {
            return Ok(());
        }
        self.answer(&Err(DbError::WorkerCrashed));
        self.connection = SqliteConnection::connect_with(&self.options).await?;
        self.broken = false;
        Ok(())
    }

    /// Commits the group.
    async fn finish(&mut self) {
        let cleared = self.take_back().await;
        if cleared.is_err() || self.group.is_empty() {
            return;
        }
        let done = self.run("commit").await;
        if done.is_err() {
            // Whatever is left of the transaction goes with the connection.
            self.broken = true;
        }
        self.answer(&done);
    }

    fn answer(&mut self, done: &DbResult<()>) {
        for told in self.group.drain(..) {
            // Who has gone away hears nothing.
            let _ = told.send(done.as_ref().copied().map_err(again));
        }
    }
}

/// The same error for another caller: nothing was written, and trying again makes sense.
fn again(error: &DbError) -> DbError {
    DbError::Io(std::io::Error::other(error.to_string()))
}

/// Whether an error may have rolled back the whole transaction: out of memory, interrupted, I/O,
/// corrupt, disk full; or the connection itself failed.
fn ends_transactions(error: &DbError) -> bool {
    match error {
        DbError::Database(cause) => {
            let code = cause.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
            matches!(code & 0xff, 7 | 9 | 10 | 11 | 13)
        }
        DbError::Io(_) | DbError::WorkerCrashed | DbError::Protocol(_) => true,
        _ => false,
    }
}

/// A connection for reading; it goes back when it is dropped.
pub(super) struct Reader {
    connection: Option<SqliteConnection>,
    lite: Lite,
    // Last: the next reader must find the connection.
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("a reader holds its connection until it is dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| !self.lite.free.is_closed()) {
            self.lite.idle().push(connection);
        }
    }
}
