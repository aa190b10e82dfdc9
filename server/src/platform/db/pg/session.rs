//! A transaction on PostgreSQL: it begins with its first statement, and what nobody asks about waits for
//! what somebody does.

use super::{
    Lent, Pg,
    link::{Answer, Frame, Link, is_gone},
};
use crate::platform::db::{
    Args, DbError, DbResult,
    ask::Statement,
    dialect::{Part, at_once, dialect},
};
use deadpool::managed::Object;
use sqlx::any::AnyArguments;
use tokio::runtime::Handle;

/// Most writes that wait together: what differs only in their number is prepared anew.
const MOST: usize = 16;

/// One transaction; or each statement `alone`, for one that needs no other, and for reading: at PostgreSQL's
/// default isolation each statement sees what was committed before it either way.
pub struct Session {
    pg: Pg,
    /// Taken when it ends.
    link: Option<Lent>,
    alone: bool,
    begun: bool,
    /// Writes that go with the next statement, in the order in which they are to be run.
    waiting: Vec<Waiting>,
}

/// What waits for the next statement.
enum Waiting {
    /// Writes that run as one statement, with the arguments of all.
    Together(Vec<Part>, AnyArguments),
    /// One that runs in its turn.
    Alone(Statement),
}

impl Waiting {
    fn statement(self) -> Statement {
        match self {
            Self::Together(parts, args) => Statement { sql: at_once(&parts), args },
            Self::Alone(statement) => statement,
        }
    }
}

impl Session {
    pub async fn begin(pg: &Pg) -> DbResult<Self> {
        Self::new(pg, false).await
    }

    pub async fn alone(pg: &Pg) -> DbResult<Self> {
        Self::new(pg, true).await
    }

    async fn new(pg: &Pg, alone: bool) -> DbResult<Self> {
        let link = Some(pg.lend().await?);
        Ok(Self { pg: pg.clone(), link, alone, begun: false, waiting: Vec::new() })
    }

    fn link(&mut self) -> DbResult<&mut Link> {
        self.link.as_deref_mut().ok_or(DbError::PoolClosed)
    }

    /// Lets a write wait, to run as one statement with those that wait beside it.
    pub async fn push<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        if self.alone {
            return self.run(sql, args).await.map(drop);
        }
        let args = args.plain()?;
        match self.waiting.last_mut() {
            Some(Waiting::Together(parts, before)) if parts.len() < MOST => {
                parts.push(Part { sql, shift: before.values.0.len() });
                before.values.0.extend(args.values.0);
            }
            _ => self.waiting.push(Waiting::Together(vec![Part { sql, shift: 0 }], args)),
        }
        Ok(())
    }

    /// Lets a write wait, to run in its turn.
    pub async fn follow<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        if self.alone {
            return self.run(sql, args).await.map(drop);
        }
        self.waiting.push(Waiting::Alone(Statement { sql: dialect(sql, true), args: args.plain()? }));
        if self.waiting.len() < MOST { Ok(()) } else { self.all(Vec::new()).await.map(drop) }
    }

    /// What waits.
    fn waiting(&mut self) -> Vec<Statement> {
        std::mem::take(&mut self.waiting).into_iter().map(Waiting::statement).collect()
    }

    /// Whether a statement may go by itself: nothing has to go before it.
    fn is_under_way(&self) -> bool {
        self.alone || (self.begun && self.waiting.is_empty())
    }

    /// Runs one statement.
    pub async fn run<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<Answer> {
        if self.is_under_way() {
            return self.link()?.run(sql, args).await;
        }
        let statement = Statement { sql, args: args.plain()? };
        self.all(vec![statement]).await?.pop().ok_or(DbError::RowNotFound)
    }

    /// Runs several statements, behind what waits; tells what they brought.
    pub async fn all(&mut self, statements: Vec<Statement>) -> DbResult<Vec<Answer>> {
        let frame = Frame { begin: !self.alone && !self.begun, commit: false };
        self.send(statements, frame).await
    }

    /// Sends what waits, and some statements behind it; tells what these brought.
    async fn send(&mut self, statements: Vec<Statement>, frame: Frame) -> DbResult<Vec<Answer>> {
        let mut flight = self.waiting();
        let skip = flight.len();
        flight.extend(statements.into_iter().map(|one| Statement { sql: dialect(one.sql, true), ..one }));
        if flight.is_empty() && !frame.begin && !frame.commit {
            return Ok(Vec::new());
        }
        let mut answers = self.fly(&flight, frame).await?;
        answers.drain(..skip);
        Ok(answers)
    }

    async fn fly(&mut self, flight: &[Statement], frame: Frame) -> DbResult<Vec<Answer>> {
        self.begun |= frame.begin;
        match self.link()?.flight(flight, frame).await {
            // It was cut off since its last use, and nothing that was begun here is kept without a commit.
            Err(error) if frame.begin && is_gone(&error) => {
                self.link.take().map(Object::take);
                self.link = Some(self.pg.lend().await?);
                self.link()?.flight(flight, frame).await
            }
            other => other,
        }
    }

    /// Runs a script.
    pub async fn script(&mut self, sql: String) -> DbResult<()> {
        self.all(Vec::new()).await?;
        self.link()?.script(sql).await
    }

    pub async fn commit(self) -> DbResult<()> {
        self.commit_asking(Vec::new()).await.map(drop)
    }

    /// The same, behind some statements; tells what they brought.
    pub async fn commit_asking(mut self, statements: Vec<Statement>) -> DbResult<Vec<Answer>> {
        // What is sent in one message is a transaction anyway.
        let frame = Frame { begin: false, commit: self.begun };
        let answers = self.send(statements, frame).await;
        // An error in a transaction leaves it to be undone.
        self.begun &= answers.is_err();
        answers
    }
}

impl Drop for Session {
    /// What was begun and not committed is undone at once: others may wait for it.
    fn drop(&mut self) {
        let Some(mut link) = self.link.take().filter(|_| self.begun) else { return };
        let Ok(runtime) = Handle::try_current() else { return drop(Object::take(link)) };
        runtime.spawn(async move {
            if link.script("rollback".to_owned()).await.is_err() {
                drop(Object::take(link));
            }
        });
    }
}
