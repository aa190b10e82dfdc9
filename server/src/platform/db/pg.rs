//! PostgreSQL: a transaction whose writes that nobody asks about wait for each other.

use super::{
    Args, DbResult, Row,
    dialect::{Part, at_once, dialect},
};
use sqlx::{Arguments, AssertSqlSafe, PgConnection, Postgres, Transaction, postgres::PgArguments};

/// Most statements that are sent at a time: what differs only in their number is prepared anew.
const MOST: usize = 16;

/// One transaction.
pub(super) struct Session {
    tx: Transaction<'static, Postgres>,
    /// Writes that go with the next statement, in the order in which they are to be run.
    waiting: Vec<Part>,
    args: PgArguments,
}

impl Session {
    pub(super) fn new(tx: Transaction<'static, Postgres>) -> Self {
        Self { tx, waiting: Vec::new(), args: PgArguments::default() }
    }

    pub(super) async fn push<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        self.waiting.push(Part { sql, shift: self.args.len() });
        args.pg(&mut self.args)?;
        if self.waiting.len() < MOST { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> DbResult<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (parts, args) = (std::mem::take(&mut self.waiting), std::mem::take(&mut self.args));
        sqlx::query_with(AssertSqlSafe(at_once(&parts)), args).execute(&mut *self.tx).await.map(drop)
    }

    /// The connection, after all that waits.
    pub(super) async fn connection(&mut self) -> DbResult<&mut PgConnection> {
        self.flush().await?;
        Ok(&mut self.tx)
    }

    pub(super) async fn commit(mut self) -> DbResult<()> {
        self.flush().await?;
        self.tx.commit().await
    }
}

pub(super) async fn exec<'t>(on: &mut PgConnection, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
    let mut bound = PgArguments::default();
    args.pg(&mut bound)?;
    let query = sqlx::query_with(AssertSqlSafe(dialect(sql, true)), bound);
    Ok(query.execute(on).await?.rows_affected())
}

pub(super) async fn all<'t, R: Row>(on: &mut PgConnection, sql: &'static str, args: impl Args<'t>) -> DbResult<Vec<R>> {
    let mut bound = PgArguments::default();
    args.pg(&mut bound)?;
    let query = sqlx::query_as_with::<Postgres, R, _>(AssertSqlSafe(dialect(sql, true)), bound);
    query.fetch_all(on).await
}
