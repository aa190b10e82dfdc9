//! The only connection that writes, and the group of units whose work is in its open transaction.

use super::super::{DbError, DbResult};
use super::{
    Ended,
    link::{Link, PATIENCE, Pragmas, is_busy},
};
use crate::platform::clock::steady;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};
use tokio::sync::{oneshot, watch};

/// How long pages are kept that may not be wanted any more: a site that was busy becomes small again.
const KEPT: Duration = Duration::from_secs(30);

/// How a unit begins: with the transaction, or with a savepoint in that of the units before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Transaction,
    Savepoint,
}

/// The writer.
pub struct Writer {
    pub link: Link,
    path: PathBuf,
    pragmas: Pragmas,
    /// Units whose work is in the open transaction and whose callers wait for its commit.
    pub group: Vec<oneshot::Sender<DbResult<()>>>,
    /// The group's number, from 1.
    pub number: u64,
    ended: watch::Sender<Ended>,
    /// How the open unit began.
    pub open: Option<Opening>,
    /// Since when pages are kept.
    kept_since: Instant,
}

impl Writer {
    pub fn open(path: PathBuf, pragmas: Pragmas, ended: watch::Sender<Ended>) -> DbResult<Self> {
        let link = Link::open(&path, pragmas)?;
        let kept_since = steady();
        Ok(Self { link, path, pragmas, group: Vec::new(), number: 1, ended, open: None, kept_since })
    }

    /// Begins a unit; `None` when another process holds the file, which is worth waiting for elsewhere.
    pub fn begin(&mut self) -> Option<DbResult<()>> {
        if !self.group.is_empty() {
            return Some(self.begin_with(Opening::Savepoint, "savepoint unit"));
        }
        self.link.wait(Duration::ZERO);
        let begun = self.begin_with(Opening::Transaction, "begin immediate");
        self.link.wait(PATIENCE);
        if begun.as_ref().is_err_and(is_busy) { None } else { Some(begun) }
    }

    /// The same, waiting for other processes.
    pub fn begin_patiently(&mut self) -> DbResult<()> {
        self.begin_with(Opening::Transaction, "begin immediate")
    }

    fn begin_with(&mut self, opening: Opening, sql: &str) -> DbResult<()> {
        self.link.run(sql)?;
        self.open = Some(opening);
        Ok(())
    }

    /// Ends the open unit; its work waits for the commit.
    ///
    /// # Errors
    /// When an error has ended the transaction before (<https://sqlite.org/lang_transaction.html>, "Response
    /// To Errors Within A Transaction"): then nothing is there to be committed.
    pub fn leave(&mut self) -> DbResult<()> {
        let lost = self.link.is_idle();
        if !lost && self.open.take() == Some(Opening::Savepoint) {
            self.link.run("release unit")?;
        }
        if lost { Err(DbError::WorkerCrashed) } else { Ok(()) }
    }

    /// Undoes a unit that its caller gave up.
    pub fn take_back(&mut self) {
        let Some(opening) = self.open.take() else { return };
        if self.link.is_idle() {
            // An error has taken back everything, the work of those who wait, too.
            self.answer(&Err(DbError::WorkerCrashed));
            return;
        }
        let undo = match opening {
            Opening::Transaction => "rollback",
            Opening::Savepoint => "rollback to unit; release unit",
        };
        if self.link.script(undo).is_err() {
            self.start_again();
        }
    }

    /// Commits the group.
    pub fn finish(&mut self) {
        self.take_back();
        if self.group.is_empty() {
            return;
        }
        let done = self.link.run("commit");
        if done.is_err() && !self.link.is_idle() && self.link.run("rollback").is_err() {
            self.start_again();
        }
        self.answer(&done);
        if self.kept_since.elapsed() > KEPT {
            self.kept_since = steady();
            self.link.forget_pages();
        }
    }

    /// A new connection in place of one that cannot be brought back; the old transaction goes with it.
    fn start_again(&mut self) {
        match Link::open(&self.path, self.pragmas) {
            Ok(link) => self.link = link,
            Err(error) => tracing::error!(%error, "the database cannot be opened again"),
        }
        self.answer(&Err(DbError::WorkerCrashed));
    }

    fn answer(&mut self, done: &DbResult<()>) {
        let number = self.number;
        self.number += 1;
        self.ended.send_modify(|ended| {
            ended.last = number;
            ended.failed = if done.is_err() { number } else { ended.failed };
        });
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
