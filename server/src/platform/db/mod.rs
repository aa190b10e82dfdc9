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
mod dialect;
mod lite;
mod pg;

pub use args::{Args, Value};
pub use lite::Lite;

use dialect::translate;
use lite::{Reader, Unit};
use pg::Session;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, FromRow, PgPool,
    any::AnyRow,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
};
use std::{str::FromStr, time::Duration};

/// What a database call can fail with.
pub type DbError = sqlx::Error;
/// Result of a database call.
pub type DbResult<T> = Result<T, DbError>;

/// A PostgreSQL connection that was idle for longer is tried before it is used: its server may
/// have gone away.
const IDLE_TRUSTED: Duration = Duration::from_secs(1);

/// The database: an SQLite file or a PostgreSQL server. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// The embedded default.
    Lite(Lite),
    /// Many processes may share one.
    Pg(PgPool),
}

/// One transaction; dropped without [`Tx::commit`], it never happened.
pub struct Tx(Inner);

enum Inner {
    LiteWrite(Unit),
    LiteRead(Reader),
    PgWrite(Session),
    /// Without a transaction: at PostgreSQL's default isolation each statement sees what was
    /// committed before it either way.
    PgRead(PoolConnection<sqlx::Postgres>),
}

impl Db {
    /// Opens `sqlite://path` (created when missing) or `postgres://…`.
    ///
    /// # Errors
    /// When the address is neither, or the database does not answer.
    pub async fn open(url: &str) -> DbResult<Self> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Lite::open(url).map(Self::Lite);
        }
        let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(256).disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // A plan of its own for each call takes longer than most statements do, and the first
                    // calls would take longer than later ones. Nor is one compiled to machine code: with
                    // millions of rows the planner asks for that, and it takes seconds each time.
                    connection.execute("set plan_cache_mode = force_generic_plan; set jit = off").await.map(drop)
                })
            })
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > IDLE_TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self::Pg(pool))
    }

    /// Starts a transaction that may write. Hold it shortly: on SQLite it is the only one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self) -> DbResult<Tx> {
        match self {
            Self::Lite(lite) => Ok(Tx(Inner::LiteWrite(lite.begin().await?))),
            Self::Pg(pool) => {
                let begun = match pool.begin().await {
                    // It was cut off since its last use; nothing was done on it yet.
                    Err(DbError::Io(_)) => pool.begin().await,
                    other => other,
                };
                Ok(Tx(Inner::PgWrite(Session::new(begun?))))
            }
        }
    }

    /// Starts a reader, which waits for no writer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> DbResult<Tx> {
        match self {
            Self::Lite(lite) => Ok(Tx(Inner::LiteRead(lite.read().await?))),
            Self::Pg(pool) => Ok(Tx(Inner::PgRead(pool.acquire().await?))),
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
            Self::Pg(pool) => pool.close().await,
        }
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
            Inner::PgWrite(tx) => tx.commit().await,
            Inner::LiteRead(_) | Inner::PgRead(_) => Ok(()),
        }
    }

    /// Runs one statement and tells how many rows it touched.
    pub async fn exec<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
        match &mut self.0 {
            Inner::LiteWrite(unit) => unit.exec(sql, args).await,
            Inner::LiteRead(reader) => reader.exec(sql, args).await,
            Inner::PgWrite(session) => pg::exec(session.connection().await?, sql, args).await,
            Inner::PgRead(connection) => pg::exec(connection, sql, args).await,
        }
    }

    /// Runs a write whose outcome nobody needs: on PostgreSQL together with the next statement or the
    /// commit, which then fails if it does. Those that wait together see nothing of each other: let each
    /// change rows of its own.
    pub async fn push<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        match &mut self.0 {
            Inner::LiteWrite(unit) => unit.exec(sql, args).await.map(drop),
            Inner::PgWrite(session) => session.push(sql, args).await,
            Inner::LiteRead(_) | Inner::PgRead(_) => self.exec(sql, args).await.map(drop),
        }
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
        match &mut self.0 {
            Inner::LiteWrite(unit) => unit.all(sql, args).await,
            Inner::LiteRead(reader) => reader.all(sql, args).await,
            Inner::PgWrite(session) => pg::all(session.connection().await?, sql, args).await,
            Inner::PgRead(connection) => pg::all(connection, sql, args).await,
        }
    }

    /// Runs a script of several statements; for migrations only.
    pub(super) async fn script(&mut self, sql: &str) -> DbResult<()> {
        match &mut self.0 {
            Inner::PgWrite(session) => {
                let text = translate(sql, true);
                sqlx::raw_sql(AssertSqlSafe(text)).execute(session.connection().await?).await?;
            }
            Inner::LiteWrite(unit) => unit.script(sql).await?,
            Inner::LiteRead(_) | Inner::PgRead(_) => {
                return Err(sqlx::Error::Protocol("a reader cannot migrate".into()));
            }
        }
        Ok(())
    }
}

/// A row type that both databases can fill: a tuple, or a struct with `derive(FromRow)`.
pub trait Row: for<'r> FromRow<'r, AnyRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<R> Row for R where R: for<'r> FromRow<'r, AnyRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
