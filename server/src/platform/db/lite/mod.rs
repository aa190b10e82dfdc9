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
//! A unit's statements take microseconds and run where they are called: handing each to another thread
//! costs more than most of them do. What may take long goes elsewhere: commits, waiting for another
//! process, and everything that only reads.

mod link;
mod reader;
mod writer;

pub(super) use reader::Reader;

use super::{Args, DbError, DbResult, dialect::translate};
use link::{Link, Pragmas, path_of};
use reader::Readers;
use sqlx::any::{AnyArguments, AnyRow};
use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot, watch},
    task::{consume_budget, spawn_blocking},
};
use writer::Writer;

/// Most units that share a commit: a bound on how long the first one waits.
const GROUP_MAX: usize = 64;

/// Readers keep few pages, so that an idle site stays small: the system keeps the file's anyway.
const READING: Pragmas =
    &[("journal_mode", "wal"), ("synchronous", "full"), ("foreign_keys", "on"), ("cache_size", "-500")];
/// The writer keeps more, in KiB when negative (<https://sqlite.org/pragma.html#pragma_cache_size>):
/// what a group of units changes should not be written twice. Those of the last some hundred tasks are
/// copied into the file once, not every few tasks.
const WRITING: Pragmas = &[
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", "on"),
    ("cache_size", "-8000"),
    ("wal_autocheckpoint", "4000"),
];

/// One writer, several readers, one file. Cheap to clone.
#[derive(Clone)]
pub struct Lite {
    writer: Arc<Mutex<Writer>>,
    /// Callers who wait for the writer.
    waiting: Arc<AtomicUsize>,
    readers: Arc<Readers>,
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
    pub(super) fn open(url: &str) -> DbResult<Self> {
        let path = path_of(url)?;
        let (ended, _) = watch::channel(Ended::default());
        // First the writer: it creates the file.
        let writer = Writer::open(path.clone(), WRITING, ended.clone())?;
        let readers = Readers::open(|| Link::open(&path, READING))?;
        Ok(Self { writer: Arc::new(Mutex::new(writer)), waiting: Arc::default(), readers: Arc::new(readers), ended })
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
        let writer = Held(self.writer.clone().lock_owned().await);
        waits.over();
        Ok(Unit { writer: Some(writer), lite: self.clone() })
    }

    pub(super) async fn read(&self) -> DbResult<Reader> {
        Readers::one(self.readers.clone()).await
    }

    pub(super) async fn close(&self) {
        self.readers.close();
        self.writer.lock().await.finish();
    }

    /// Sees to it that what others wait for is committed although a caller has gone away.
    fn look_after(&self) {
        let lite = self.clone();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let writer = lite.writer.clone().lock_owned().await;
                if lite.waiting.load(Ordering::SeqCst) == 0 {
                    finish(writer);
                }
            });
        }
    }
}

/// Commits in a thread that may wait for the disk, whoever goes away meanwhile.
fn finish(mut writer: OwnedMutexGuard<Writer>) {
    spawn_blocking(move || writer.finish());
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

/// The writer in the hands of one unit, whose work is undone unless it was left to be committed.
struct Held(OwnedMutexGuard<Writer>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.take_back();
    }
}

/// A caller's transaction.
pub(super) struct Unit {
    /// Taken when it ends.
    writer: Option<Held>,
    lite: Lite,
}

impl Unit {
    /// The writer, once the unit has begun, which it does with its first statement.
    async fn begun(&mut self) -> DbResult<&mut Writer> {
        // Statements never wait, so this is where others get their turn.
        consume_budget().await;
        let held = self.writer.as_mut().ok_or(DbError::PoolClosed)?;
        if held.0.open.is_none() {
            match held.0.begin() {
                Some(begun) => begun?,
                None => self.begin_patiently().await?,
            }
        }
        self.writer.as_mut().map(|held| &mut *held.0).ok_or(DbError::PoolClosed)
    }

    async fn begin_patiently(&mut self) -> DbResult<()> {
        let mut held = self.writer.take().ok_or(DbError::PoolClosed)?;
        let waits = spawn_blocking(move || {
            let begun = held.0.begin_patiently();
            (held, begun)
        });
        let (held, begun) = waits.await.map_err(|_| DbError::WorkerCrashed)?;
        self.writer = Some(held);
        begun
    }

    /// Runs several statements without arguments.
    pub(super) async fn script(&mut self, sql: &str) -> DbResult<()> {
        self.begun().await?.link.script(&translate(sql, false))
    }

    pub(super) async fn exec<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
        let args = args.plain()?;
        self.begun().await?.link.exec(sql, &args)
    }

    pub(super) async fn all(&mut self, sql: &'static str, args: &AnyArguments) -> DbResult<Vec<AnyRow>> {
        self.begun().await?.link.all(sql, args)
    }

    pub(super) async fn commit(mut self) -> DbResult<()> {
        let Some(held) = self.writer.as_mut().filter(|held| held.0.open.is_some()) else { return Ok(()) };
        held.0.leave()?;
        let (told, hear) = oneshot::channel();
        held.0.group.push(told);
        let Some(mut held) = self.writer.take() else { return Ok(()) };
        if held.0.group.len() >= GROUP_MAX || self.lite.waiting.load(Ordering::SeqCst) == 0 {
            spawn_blocking(move || held.0.finish());
        } else {
            drop(held);
        }
        hear.await.unwrap_or(Err(DbError::WorkerCrashed))
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(held) = self.writer.take() else { return };
        if held.0.open.is_some() && !held.0.group.is_empty() {
            // Outside of any such work nobody is told.
            let _ = SEEN.try_with(|seen| seen.set(held.0.number));
        }
        drop(held);
        if self.lite.waiting.load(Ordering::SeqCst) == 0 {
            self.lite.look_after();
        }
    }
}
