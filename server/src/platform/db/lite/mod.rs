//! SQLite: one writer whose commits are shared by all who wait (group commit), and some readers.
//!
//! A caller's transaction is a *unit*. The first unit opens the database's transaction; those that
//! waited meanwhile follow in it one after another, each in a savepoint; it is committed when nobody
//! waits any more, or when [`GROUP_MAX`] units are in it. Every caller waits for that commit, so what
//! is acknowledged is as durable as with a commit of its own, and a unit that is given up or fails
//! takes back its own writes only. At `synchronous=FULL` one commit costs one `fdatasync`, however
//! many units share it.
//!
//! A unit sees what others in its group wrote, which is not committed yet. One that commits waits for
//! all of it. One that only looks and ends must not tell anybody before: see [`Lite::settled`].
//!
//! Each call of the driver wakes its thread and is woken by it, which costs more than most statements
//! do. So a unit begins together with its first statement, the savepoint before it ends there, and
//! writes that nobody asks about wait for the next statement.

mod run;
mod writer;

pub(super) use run::{all, exec, rows};

use super::{Args, DbError, DbResult, Row, bundle::Bundle, dialect::in_turn};
use run::{Done, run};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    cell::Cell,
    str::FromStr,
    sync::{
        Arc, Mutex as Lock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, oneshot, watch},
};
use writer::{Writer, ends_transactions};

/// Most units that share a commit: a bound on how long the first one waits.
const GROUP_MAX: usize = 64;
/// Pages that the writer keeps: what a group of units changes should not be written twice. Negative
/// numbers are KiB (<https://sqlite.org/pragma.html#pragma_cache_size>).
const CACHE_KIB: &str = "-8000";
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
    ended: watch::Sender<Ended>,
}

/// Which groups have ended, by number.
#[derive(Clone, Copy, Default)]
struct Ended {
    last: u64,
    /// The last one that was not committed.
    failed: u64,
}

tokio::task_local! {
    /// The newest group that the work under way has looked into without committing, by number.
    static SEEN: Cell<u64>;
}

impl Lite {
    pub(super) async fn open(url: &str) -> DbResult<Self> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // Pages of the last some hundred tasks are copied into the file once, not every few tasks.
            .pragma("wal_autocheckpoint", "4000")
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .statement_cache_capacity(512)
            .disable_statement_logging();
        let mut readers = Vec::new();
        // First the writer: it creates the file.
        let writing = options.clone().pragma("cache_size", CACHE_KIB);
        let connection = SqliteConnection::connect_with(&writing).await?;
        for _ in 0..READERS {
            readers.push(SqliteConnection::connect_with(&options).await?);
        }
        let (ended, _) = watch::channel(Ended::default());
        let (group, told) = (Vec::new(), ended.clone());
        let writer = Writer {
            connection,
            options: writing,
            group,
            number: 1,
            ended: told,
            open: None,
            left: None,
            broken: false,
        };
        Ok(Self {
            writer: Arc::new(Mutex::new(writer)),
            waiting: Arc::default(),
            readers: Arc::new(Lock::new(readers)),
            free: Arc::new(Semaphore::new(READERS)),
            ended,
        })
    }

    /// Does some work and waits until all that it looked at is committed.
    pub(super) async fn settled<T>(&self, work: impl Future<Output = T>) -> DbResult<T> {
        let whole = async {
            let done = work.await;
            let seen = SEEN.with(Cell::get);
            let mut ended = self.ended.subscribe();
            let state = *ended.wait_for(|ended| ended.last >= seen).await.map_err(|_| DbError::PoolClosed)?;
            if seen > 0 && state.failed >= seen { Err(DbError::WorkerCrashed) } else { Ok(done) }
        };
        SEEN.scope(Cell::new(0), whole).await
    }

    pub(super) async fn begin(&self) -> DbResult<Unit> {
        let waits = Waits::begin(self);
        let writer = self.writer.clone().lock_owned().await;
        waits.over();
        let mut unit = Unit { writer: Some(writer), lite: self.clone(), waiting: Bundle::default(), doomed: false };
        unit.writer().take_back().await?;
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
    /// Writes that go with the next statement.
    waiting: Bundle<SqliteArguments>,
    /// Whether some statements failed of which nobody knows which: it can only be given up.
    doomed: bool,
}

impl Unit {
    fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().expect("a unit holds the writer until it ends")
    }

    /// The connection, for a script in a unit that has begun.
    pub(super) async fn begun(&mut self) -> DbResult<&mut SqliteConnection> {
        self.send(0).await?;
        Ok(&mut self.writer().connection)
    }

    fn fit(&self) -> DbResult<()> {
        if self.doomed { Err(DbError::BeginFailed) } else { Ok(()) }
    }

    /// Lets a statement wait for the next one.
    pub(super) fn add<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        self.fit()?;
        self.waiting.add(sql, args)
    }

    pub(super) async fn push<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        self.add(sql, args)?;
        if self.waiting.is_full() { self.send(0).await.map(drop) } else { Ok(()) }
    }

    /// Runs what waits, at whose start the unit begins if it has not; what the last `count` brought.
    pub(super) async fn send(&mut self, count: usize) -> DbResult<Vec<Done>> {
        self.fit()?;
        let (parts, args) = self.waiting.take();
        let writer = self.writer();
        let opening = if writer.open.is_none() { Some(writer.opening()) } else { None };
        if parts.is_empty() && opening.is_none() {
            return Ok(Vec::new());
        }
        let done = run(&mut writer.connection, in_turn(&parts, opening), args).await;
        self.doomed = done.is_err() && (opening.is_some() || parts.len() > 1);
        let mut done = self.saw(done)?;
        Ok(done.split_off(done.len() - count))
    }

    pub(super) async fn exec<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
        self.add(sql, args)?;
        Ok(self.send(1).await?.first().map_or(0, |done| done.touched))
    }

    pub(super) async fn all<'t, R: Row>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<Vec<R>> {
        self.add(sql, args)?;
        rows(self.send(1).await?.into_iter().next())
    }

    /// Notes an error that may have ended the transaction of the whole group.
    pub(super) fn saw<T>(&mut self, result: DbResult<T>) -> DbResult<T> {
        if result.as_ref().is_err_and(ends_transactions) {
            self.writer().broken = true;
        }
        result
    }

    pub(super) async fn commit(mut self) -> DbResult<()> {
        self.fit()?;
        if !self.waiting.is_empty() {
            self.send(0).await?;
        }
        let (told, hear) = oneshot::channel();
        let writer = self.writer();
        if writer.open.is_none() {
            return Ok(());
        }
        writer.leave();
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
        if let Some(writer) = self.writer.as_ref().filter(|writer| writer.open.is_some() && !writer.group.is_empty()) {
            // Outside of any such work nobody is told.
            let _ = SEEN.try_with(|seen| seen.set(writer.number));
        }
        if self.writer.take().is_some() && self.lite.waiting.load(Ordering::SeqCst) == 0 {
            self.lite.look_after();
        }
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
