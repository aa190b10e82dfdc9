//! One SQL text for SQLite and PostgreSQL: connections, transactions, arguments, rows.
//!
//! Every statement is written once, in PostgreSQL's placeholder style (`$1`). Where the two
//! dialects must differ, they differ inside that one statement by comments that one side
//! switches on: `/*pg: for update skip locked*/`, `/*lite: limit 1*/`.
//!
//! SQLite gets one writer connection (it allows only one writer at a time anyway) and a pool
//! of readers; WAL with `synchronous=FULL`, so that an acknowledged write survives power loss.

use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Connection, Encode, FromRow, PgPool, Postgres, Sqlite, SqliteConnection,
    SqlitePool, Type,
    pool::PoolConnection,
    postgres::{PgArguments, PgPoolOptions, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};
use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Arc, OnceLock, RwLock},
    time::Duration,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

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
    Pg(PgPool),
}

/// One writer, several readers, one file.
#[derive(Clone)]
pub struct Lite {
    writer: Arc<Mutex<Writer>>,
    readers: SqlitePool,
}

/// The writer's connection, and whether a transaction was left open on it: a dropped [`Tx`]
/// cannot roll back by itself, so the next one does it first.
pub struct Writer {
    connection: SqliteConnection,
    open: bool,
}

/// One transaction; dropped without [`Tx::commit`], it never happened.
pub struct Tx(Inner);

enum Inner {
    LiteWrite(OwnedMutexGuard<Writer>),
    LiteRead(PoolConnection<Sqlite>),
    Pg(sqlx::Transaction<'static, Postgres>),
}

impl Db {
    /// Opens `sqlite://path` (created when missing) or `postgres://…`.
    ///
    /// # Errors
    /// When the address is neither, or the database does not answer.
    pub async fn open(url: &str) -> DbResult<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool =
                PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).connect(url).await?;
            return Ok(Self::Pg(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .statement_cache_capacity(256)
            .disable_statement_logging();
        let connection = SqliteConnection::connect_with(&options).await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        let writer = Arc::new(Mutex::new(Writer { connection, open: false }));
        Ok(Self::Lite(Lite { writer, readers }))
    }

    /// Starts a transaction that may write. Hold it shortly: on SQLite it is the only one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self) -> DbResult<Tx> {
        match self {
            Self::Pg(pool) => Ok(Tx(Inner::Pg(pool.begin().await?))),
            Self::Lite(lite) => {
                let mut writer = lite.writer.clone().lock_owned().await;
                if writer.open {
                    sqlx::raw_sql("rollback").execute(&mut writer.connection).await?;
                    writer.open = false;
                }
                // Before, not after: a caller who goes away in the middle leaves it open.
                writer.open = true;
                if let Err(error) = sqlx::raw_sql("begin immediate").execute(&mut writer.connection).await {
                    writer.open = false;
                    return Err(error);
                }
                Ok(Tx(Inner::LiteWrite(writer)))
            }
        }
    }

    /// Starts a reader, which waits for no writer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> DbResult<Tx> {
        match self {
            Self::Pg(pool) => Ok(Tx(Inner::Pg(pool.begin().await?))),
            Self::Lite(lite) => Ok(Tx(Inner::LiteRead(lite.readers.acquire().await?))),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Pg(pool) => pool.close().await,
            Self::Lite(lite) => lite.readers.close().await,
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
            Inner::Pg(tx) => tx.commit().await,
            Inner::LiteRead(_) => Ok(()),
            Inner::LiteWrite(mut writer) => {
                sqlx::raw_sql("commit").execute(&mut writer.connection).await?;
                writer.open = false;
                Ok(())
            }
        }
    }

    /// Runs one statement and tells how many rows it touched.
    pub async fn exec<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
        match &mut self.0 {
            Inner::Pg(tx) => {
                let query = sqlx::query_with(AssertSqlSafe(dialect(sql, true)), args.pg()?);
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
            Inner::LiteWrite(writer) => exec_lite(&mut writer.connection, sql, args).await,
            Inner::LiteRead(connection) => exec_lite(connection, sql, args).await,
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
            Inner::Pg(tx) => {
                let query = sqlx::query_as_with::<Postgres, R, _>(AssertSqlSafe(dialect(sql, true)), args.pg()?);
                query.fetch_all(&mut **tx).await
            }
            Inner::LiteWrite(writer) => all_lite(&mut writer.connection, sql, args).await,
            Inner::LiteRead(connection) => all_lite(connection, sql, args).await,
        }
    }

    /// Runs a script of several statements; for migrations only.
    pub(super) async fn script(&mut self, sql: &str) -> DbResult<()> {
        match &mut self.0 {
            Inner::Pg(tx) => {
                let text = translate(sql, true);
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **tx).await?;
            }
            Inner::LiteWrite(writer) => {
                let text = translate(sql, false);
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut writer.connection).await?;
            }
            Inner::LiteRead(_) => return Err(sqlx::Error::Protocol("a reader cannot migrate".into())),
        }
        Ok(())
    }
}

async fn exec_lite<'t>(to: &mut SqliteConnection, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
    let query = sqlx::query_with(AssertSqlSafe(dialect(sql, false)), args.lite()?);
    Ok(query.execute(to).await?.rows_affected())
}

async fn all_lite<'t, R: Row>(to: &mut SqliteConnection, sql: &'static str, args: impl Args<'t>) -> DbResult<Vec<R>> {
    let query = sqlx::query_as_with::<Sqlite, R, _>(AssertSqlSafe(dialect(sql, false)), args.lite()?);
    query.fetch_all(to).await
}

/// A row type that both databases can fill: a tuple, or a struct with `derive(FromRow)`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<R> Row for R where R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A value that both databases can store.
pub trait Value<'t>: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres> + Send {}
impl<'t, V> Value<'t> for V where V: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres> + Send {}

/// A tuple of [`Value`]s, bound to `$1`, `$2`, ….
pub trait Args<'t>: Send {
    /// For SQLite.
    fn lite(self) -> DbResult<SqliteArguments>;
    /// For PostgreSQL.
    fn pg(self) -> DbResult<PgArguments>;
}

fn bound(result: Result<(), sqlx::error::BoxDynError>) -> DbResult<()> {
    result.map_err(sqlx::Error::Encode)
}

macro_rules! args {
    ($($name:ident)*) => {
        impl<'t, $($name: Value<'t>),*> Args<'t> for ($($name,)*) {
            #[allow(non_snake_case, unused_mut)]
            fn lite(self) -> DbResult<SqliteArguments> {
                let ($($name,)*) = self;
                let mut to = SqliteArguments::default();
                $(bound(Arguments::add(&mut to, $name))?;)*
                Ok(to)
            }
            #[allow(non_snake_case, unused_mut)]
            fn pg(self) -> DbResult<PgArguments> {
                let ($($name,)*) = self;
                let mut to = PgArguments::default();
                $(bound(Arguments::add(&mut to, $name))?;)*
                Ok(to)
            }
        }
    };
}
args!();
args!(A);
args!(A B);
args!(A B C);
args!(A B C D);
args!(A B C D E);
args!(A B C D E F);
args!(A B C D E F G);
args!(A B C D E F G H);
args!(A B C D E F G H I);
args!(A B C D E F G H I J);
args!(A B C D E F G H I J K);
args!(A B C D E F G H I J K L);
args!(A B C D E F G H I J K L M);
args!(A B C D E F G H I J K L M N);
args!(A B C D E F G H I J K L M N O);
args!(A B C D E F G H I J K L M N O P);

/// The statement in one dialect, translated once per statement.
fn dialect(sql: &'static str, pg: bool) -> &'static str {
    type Translated = HashMap<(usize, usize, bool), &'static str>;
    static DONE: OnceLock<RwLock<Translated>> = OnceLock::new();
    let done = DONE.get_or_init(Default::default);
    // Two literals may begin at one address, one being the start of the other.
    let key = (sql.as_ptr() as usize, sql.len(), pg);
    if let Some(text) = done.read().ok().and_then(|map| map.get(&key).copied()) {
        return text;
    }
    // Leaked on purpose: statements are literals, so there is a fixed number of them.
    let text: &'static str = Box::leak(translate(sql, pg).into_boxed_str());
    if let Ok(mut map) = done.write() {
        map.insert(key, text);
    }
    text
}

/// Switches one dialect's comments on, the other's off; `$N` is a *name* on SQLite, `?N` is not.
fn translate(sql: &str, pg: bool) -> String {
    let (on, off) = if pg { ("/*pg:", "/*lite:") } else { ("/*lite:", "/*pg:") };
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(start) = rest.find("/*") {
        let Some(end) = rest[start..].find("*/").map(|at| start + at) else { break };
        let comment = &rest[start..end];
        text.push_str(&rest[..start]);
        if let Some(body) = comment.strip_prefix(on) {
            text.push_str(body);
        } else if !comment.starts_with(off) {
            text.push_str(&rest[start..end + 2]);
        }
        rest = &rest[end + 2..];
    }
    text.push_str(rest);
    if pg { text } else { text.replace('$', "?") }
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn a_statement_differs_only_inside_its_dialect_comments() {
        let sql = "select 1 where a = $1 /*pg: for update*//*lite: limit 1*/ /* kept */";
        assert_eq!(translate(sql, true), "select 1 where a = $1  for update /* kept */");
        assert_eq!(translate(sql, false), "select 1 where a = ?1  limit 1 /* kept */");
    }
}
