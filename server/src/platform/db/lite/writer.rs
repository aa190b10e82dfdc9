//! The only connection that writes, and the group of units whose work is in its open transaction.

use super::super::{DbError, DbResult, dialect::Opening};
use super::Ended;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{oneshot, watch};

/// The writer.
pub struct Writer {
    pub connection: SqliteConnection,
    pub options: SqliteConnectOptions,
    /// Units whose work is in the open transaction and whose callers wait for its commit.
    pub group: Vec<oneshot::Sender<DbResult<()>>>,
    /// The group's number, from 1.
    pub number: u64,
    pub ended: watch::Sender<Ended>,
    /// How the open unit began. Set before it begins and cleared after it ends, because a caller may
    /// go away in the middle.
    pub open: Option<Opening>,
    /// The savepoint of the unit before: its work stays, and it ends when the next one begins.
    pub left: Option<Opening>,
    /// Whether an error may have ended the transaction behind our back (<https://sqlite.org/lang_transaction.html>,
    /// "Response To Errors Within A Transaction").
    pub broken: bool,
}

impl Writer {
    pub async fn run(&mut self, sql: &'static str) -> DbResult<()> {
        let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut self.connection).await.map(drop);
        if done.as_ref().is_err_and(ends_transactions) {
            self.broken = true;
        }
        done
    }

    /// How the next unit begins; from now on it is taken for open.
    pub fn opening(&mut self) -> Opening {
        let opening = if self.group.is_empty() { Opening::Transaction } else { Opening::after(self.left) };
        self.open = Some(opening);
        opening
    }

    /// Ends the open unit; its work waits for the commit.
    pub fn leave(&mut self) {
        self.left = self.open.take().or(self.left);
    }

    /// Undoes a unit that its caller gave up.
    pub async fn take_back(&mut self) -> DbResult<()> {
        if let Some(opening) = self.open.take()
            && !self.broken
        {
            // An error says that it had not begun, or was undone before: its caller went away at
            // that very moment. The same of the savepoint before it.
            self.run(opening.undo()).await.ok();
            if let Some(sql) = self.left.take().and_then(Opening::release) {
                self.run(sql).await.ok();
            }
        }
        if !self.broken {
            return Ok(());
        }
        self.answer(&Err(DbError::WorkerCrashed));
        self.connection = SqliteConnection::connect_with(&self.options).await?;
        (self.left, self.broken) = (None, false);
        Ok(())
    }

    /// Commits the group.
    pub async fn finish(&mut self) {
        let cleared = self.take_back().await;
        if cleared.is_err() || self.group.is_empty() {
            return;
        }
        // It ends the last savepoint, too.
        self.left = None;
        let done = self.run("commit").await;
        if done.is_err() {
            // Whatever is left of the transaction goes with the connection.
            self.broken = true;
        }
        self.answer(&done);
    }

    pub fn answer(&mut self, done: &DbResult<()>) {
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
pub fn again(error: &DbError) -> DbError {
    DbError::Io(std::io::Error::other(error.to_string()))
}

/// Whether an error may have rolled back the whole transaction: out of memory, interrupted, I/O,
/// corrupt, disk full; or the connection itself failed.
pub fn ends_transactions(error: &DbError) -> bool {
    match error {
        DbError::Database(cause) => {
            let code = cause.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
            matches!(code & 0xff, 7 | 9 | 10 | 11 | 13)
        }
        DbError::Io(_) | DbError::WorkerCrashed | DbError::Protocol(_) => true,
        _ => false,
    }
}
