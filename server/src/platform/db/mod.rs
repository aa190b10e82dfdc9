//! One SQL text for SQLite and PostgreSQL: connections, transactions, arguments, rows.
//!
//! Every statement is written once, in PostgreSQL's placeholder style (`$1`). Where the two
//! dialects must differ, they differ inside that one statement by comments that one side
//! switches on: `/*pg: for update skip locked*/`, `/*lite: limit 1*/`.
//!
//! SQLite gets one writer connection (it allows only one writer at a time anyway), whose commits
//! are shared by all who wait ([`lite`]), and some readers; WAL with `synchronous=FULL`, so that an
//! acknowledged write survives power loss.

mod args;
mod ask;
mod dialect;
mod lite;
mod pg;

pub use args::{Args, Value, json};
pub use ask::{Ask, Asks, Only, Outcome, all, one, opt};
pub use lite::Lite;
pub use pg::Pg;

use ask::{Rows, Statement};
use dialect::translate;
use lite::{Reader, Unit};
use pg::Session;
use sqlx::{FromRow, any::AnyRow, postgres::PgRow};

/// What a database call can fail with.
pub type DbError = sqlx::Error;
/// Result of a database call.
pub type DbResult<T> = Result<T, DbError>;

/// The database: an SQLite file or a PostgreSQL server. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// The embedded default.
    Lite(Lite),
    /// Many processes may share one.
    Pg(Pg),
}

/// One transaction; dropped without [`Tx::commit`], it never happened.
pub struct Tx(Inner);

/// What PostgreSQL is asked lies on the heap: callers hold it within their own futures, many deep.
enum Inner {
    LiteWrite(Unit),
    LiteRead(Reader),
    Pg(Session),
}

impl Db {
    /// Opens `sqlite://path` (created when missing) or `postgres://…`.
    ///
    /// # Errors
    /// When the address is neither, or the database does not answer.
    pub async fn open(url: &str) -> DbResult<Self> {
        Self::open_for(url, 1).await
    }

    /// The same for so many threads that serve.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_for(url: &str, threads: usize) -> DbResult<Self> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Lite::open(url).map(Self::Lite);
        }
        Pg::open(url, threads).await.map(Self::Pg)
    }

    /// Starts a transaction that may write. Hold it shortly: on SQLite it is the only one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self) -> DbResult<Tx> {
        match self {
            Self::Lite(lite) => Ok(Tx(Inner::LiteWrite(lite.begin().await?))),
            Self::Pg(pg) => Ok(Tx(Inner::Pg(Box::pin(Session::begin(pg)).await?))),
        }
    }

    /// The same for one statement, which on PostgreSQL is a transaction by itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn alone(&self) -> DbResult<Tx> {
        match self {
            Self::Lite(_) => self.begin().await,
            Self::Pg(pg) => Ok(Tx(Inner::Pg(Box::pin(Session::alone(pg)).await?))),
        }
    }

    /// Starts a reader, which waits for no writer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> DbResult<Tx> {
        match self {
            Self::Lite(lite) => Ok(Tx(Inner::LiteRead(lite.read().await?))),
            Self::Pg(pg) => Ok(Tx(Inner::Pg(Box::pin(Session::alone(pg)).await?))),
        }
    }

    /// The same for what takes microseconds: on SQLite it is read at once, where it is asked for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn glance(&self) -> DbResult<Tx> {
        match self {
            Self::Lite(lite) => Ok(Tx(Inner::LiteRead(lite.read().await?.quick()))),
            Self::Pg(_) => self.read().await,
        }
    }

    /// Does some work that answers somebody, and waits until all that it looked at is committed.
    ///
    /// # Errors
    /// When that was not committed; then the answer may not be given.
    pub async fn settled<T>(&self, work: impl Future<Output = T>) -> DbResult<T> {
        match self {
            Self::Lite(lite) => lite.settled(work).await,
            // Nobody sees there what is not committed.
            Self::Pg(_) => Ok(work.await),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Lite(lite) => lite.close().await,
            Self::Pg(pg) => pg.close(),
        }
    }
}

impl Inner {
    async fn rows<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<Rows> {
        Ok(match self {
            Self::LiteWrite(unit) => Rows::Lite(unit.all(sql, &args.plain()?).await?),
            Self::LiteRead(reader) => Rows::Lite(reader.all(sql, args.plain()?).await?),
            Self::Pg(session) => Rows::Pg(Box::pin(session.run(sql, args)).await?.rows),
        })
    }
}

impl Tx {
    /// Makes the transaction's writes durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> DbResult<()> {
        match self.0 {
            Inner::LiteWrite(unit) => unit.commit().await,
            Inner::Pg(session) => Box::pin(session.commit()).await,
            Inner::LiteRead(_) => Ok(()),
        }
    }

    /// The same, with some last questions: on PostgreSQL in one message.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_asking<A: Asks>(mut self, asks: A) -> DbResult<A::Out> {
        if let Inner::Pg(session) = self.0 {
            let answers = Box::pin(session.commit_asking(asks.statements()?)).await?;
            return A::of(&answers.into_iter().map(|answer| Rows::Pg(answer.rows)).collect::<Vec<_>>());
        }
        let answers = self.ask(asks).await?;
        self.commit().await?;
        Ok(answers)
    }

    /// Runs one statement and tells how many rows it touched.
    pub async fn exec<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
        match &mut self.0 {
            Inner::LiteWrite(unit) => unit.exec(sql, args).await,
            Inner::LiteRead(reader) => reader.exec(sql, args).await,
            Inner::Pg(session) => Ok(Box::pin(session.run(sql, args)).await?.touched),
        }
    }

    /// Runs a write whose outcome nobody needs: on PostgreSQL together with the next statement or the
    /// commit, which then fails if it does. Those that wait together see nothing of each other: let each
    /// change rows of its own.
    pub async fn push<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        match &mut self.0 {
            Inner::Pg(session) => Box::pin(session.push(sql, args)).await,
            Inner::LiteWrite(_) | Inner::LiteRead(_) => self.exec(sql, args).await.map(drop),
        }
    }

    /// The same in its turn: behind what was pushed before and whose rows it may change.
    pub async fn follow<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        match &mut self.0 {
            Inner::Pg(session) => Box::pin(session.follow(sql, args)).await,
            Inner::LiteWrite(_) | Inner::LiteRead(_) => self.exec(sql, args).await.map(drop),
        }
    }

    /// Runs statements of which none needs the answer of another, in their order: on PostgreSQL in one
    /// message.
    pub async fn ask<A: Asks>(&mut self, asks: A) -> DbResult<A::Out> {
        let statements = asks.statements()?;
        let rows = match &mut self.0 {
            Inner::Pg(session) => {
                Box::pin(session.all(statements)).await?.into_iter().map(|answer| Rows::Pg(answer.rows)).collect()
            }
            lite => {
                let mut rows = Vec::with_capacity(statements.len());
                for Statement { sql, args } in statements {
                    rows.push(lite.rows(sql, args).await?);
                }
                rows
            }
        };
        A::of(&rows)
    }

    /// The first row, if there is one.
    pub async fn opt<'t, R: Row>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<Option<R>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The only row.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] when there is none.
    pub async fn one<'t, R: Row>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<R> {
        self.opt(sql, args).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Every row.
    pub async fn all<'t, R: Row>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<Vec<R>> {
        self.0.rows(sql, args).await?.filled()
    }

    /// Runs a script of several statements; for migrations only.
    pub(super) async fn script(&mut self, sql: &str) -> DbResult<()> {
        match &mut self.0 {
            Inner::Pg(session) => session.script(translate(sql, true)).await,
            Inner::LiteWrite(unit) => unit.script(sql).await,
            Inner::LiteRead(_) => Err(sqlx::Error::Protocol("a reader cannot migrate".into())),
        }
    }
}

/// A row type that both databases can fill: a tuple, or a struct with `derive(FromRow)`.
pub trait Row: for<'r> FromRow<'r, AnyRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<R> Row for R where R: for<'r> FromRow<'r, AnyRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
