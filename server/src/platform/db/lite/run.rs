//! Statements of the SQLite driver, several at a time, and what each of them did.

use super::super::{Args, DbResult, Row, dialect::dialect};
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Either, SqliteConnection,
    sqlite::{SqliteArguments, SqliteRow},
};

/// What one statement did.
pub struct Done {
    rows: Vec<SqliteRow>,
    /// Rows that it wrote.
    pub touched: u64,
}

/// Runs statements one after another.
pub async fn run(to: &mut SqliteConnection, text: &'static str, args: SqliteArguments) -> DbResult<Vec<Done>> {
    #[expect(deprecated, reason = "only SQLite runs several statements with arguments, and only it is meant")]
    let mut steps = sqlx::query_with(AssertSqlSafe(text), args).fetch_many(to);
    let (mut all, mut rows) = (Vec::new(), Vec::new());
    while let Some(step) = steps.try_next().await? {
        match step {
            Either::Left(end) => all.push(Done { rows: std::mem::take(&mut rows), touched: end.rows_affected() }),
            Either::Right(row) => rows.push(row),
        }
    }
    Ok(all)
}

/// The rows of a statement that was run.
pub fn rows<R: Row>(done: Option<Done>) -> DbResult<Vec<R>> {
    done.map_or_else(|| Ok(Vec::new()), |done| done.rows.iter().map(R::from_row).collect())
}

pub async fn exec<'t>(on: &mut SqliteConnection, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
    let mut bound = SqliteArguments::default();
    args.lite(&mut bound)?;
    Ok(run(on, dialect(sql, false), bound).await?.first().map_or(0, |done| done.touched))
}

pub async fn all<'t, R: Row>(on: &mut SqliteConnection, sql: &'static str, args: impl Args<'t>) -> DbResult<Vec<R>> {
    let mut bound = SqliteArguments::default();
    args.lite(&mut bound)?;
    rows(run(on, dialect(sql, false), bound).await?.into_iter().next())
}
