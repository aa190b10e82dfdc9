//! One connection to PostgreSQL, and several statements in one message.

use super::plain;
use crate::platform::db::{Args, DbError, DbResult, ask::Statement, dialect::dialect};
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Connection, Either, Execute, Executor, PgConnection, Postgres,
    postgres::{PgArguments, PgConnectOptions, PgRow},
};
use std::collections::HashSet;

/// Most statements that stay prepared by name: more than one place of the code uses.
const PREPARED_MAX: usize = 200;

/// Plans as for large tables: one that is empty yet would be read from end to end, or joined with by reading
/// all of it, for as long as the plan is kept, until the server first counts its rows.
const LARGE: &str = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; \
                     set enable_bitmapscan = off";
/// Plans as the server likes.
const ANY: &str = "reset enable_seqscan; reset enable_hashjoin; reset enable_mergejoin; reset enable_bitmapscan";

/// A connection.
pub struct Link {
    connection: PgConnection,
    /// What is prepared here, by where its text is.
    prepared: HashSet<usize>,
    /// Whether it can no longer be told what state it is in.
    broken: bool,
}

/// What a statement brought.
pub struct Answer {
    pub rows: Vec<PgRow>,
    pub touched: u64,
}

/// What a flight does besides its statements.
#[derive(Clone, Copy, Default)]
pub struct Frame {
    pub begin: bool,
    pub commit: bool,
}

impl Link {
    pub async fn open(options: &PgConnectOptions) -> DbResult<Self> {
        let mut connection = PgConnection::connect_with(options).await?;
        // A plan of its own for each call takes longer than most statements do, and the first calls would
        // take longer than later ones. Nor is one compiled to machine code: with millions of rows the
        // planner asks for that, and it takes seconds each time. Literals are those of the standard.
        connection
            .execute("set plan_cache_mode = force_generic_plan; set jit = off; set standard_conforming_strings = on")
            .await?;
        Ok(Self { connection, prepared: HashSet::new(), broken: false })
    }

    pub fn is_broken(&self) -> bool {
        self.broken
    }

    pub async fn ping(&mut self) -> DbResult<()> {
        self.connection.ping().await
    }

    /// Runs statements without arguments.
    pub async fn script(&mut self, sql: String) -> DbResult<()> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await;
        self.seen(done).map(drop)
    }

    /// Runs one statement by itself.
    pub async fn run<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<Answer> {
        let mut bound = PgArguments::default();
        args.pg(&mut bound)?;
        let mut answers = self.told(sqlx::query_with(AssertSqlSafe(dialect(sql, true)), bound)).await?;
        answers.pop().ok_or(DbError::RowNotFound)
    }

    /// Sends several statements in one message, those with arguments prepared before, and reads all they
    /// bring. One that fails ends it: those behind it do not run.
    pub async fn flight(&mut self, statements: &[Statement], frame: Frame) -> DbResult<Vec<Answer>> {
        if self.prepared.len() + statements.len() > PREPARED_MAX {
            let forget: Vec<String> = self.prepared.drain().map(|name| format!("deallocate s{name:x}")).collect();
            self.whole(forget.join(";")).await?;
        }
        let mut text = String::from(if frame.begin { "begin;" } else { "" });
        for statement in statements {
            // Without arguments it may be of any kind, and most kinds cannot be prepared.
            if statement.args.values.0.is_empty() {
                text.push_str(statement.sql);
            } else {
                let call = call(statement)?;
                self.prepare(statement, &call).await?;
                text.push_str(&call);
            }
            text.push(';');
        }
        text.push_str(if frame.commit { "commit" } else { "" });
        let answers = self.told(sqlx::raw_sql(AssertSqlSafe(text))).await?;
        let skip = usize::from(frame.begin);
        Ok(answers.into_iter().skip(skip).take(statements.len()).collect())
    }

    /// Prepares a statement that was not yet; `call` is how it is run.
    async fn prepare(&mut self, statement: &Statement, call: &str) -> DbResult<()> {
        let name = name(statement);
        if self.prepared.contains(&name) {
            return Ok(());
        }
        let types = plain::types(&statement.args)?;
        // `explain` makes the plan.
        self.whole(format!("{LARGE}; prepare s{name:x} ({types}) as {}; explain {call}; {ANY}", statement.sql)).await?;
        self.prepared.insert(name);
        Ok(())
    }

    /// Runs what must not be left half done: a caller who goes away meanwhile leaves a broken connection.
    async fn whole(&mut self, text: String) -> DbResult<()> {
        self.broken = true;
        self.connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?;
        self.broken = false;
        Ok(())
    }

    /// What each of some statements brings.
    async fn told<'q>(&mut self, query: impl Execute<'q, Postgres> + 'q) -> DbResult<Vec<Answer>> {
        let (mut answers, mut rows) = (Vec::new(), Vec::new());
        let mut stream = self.connection.fetch_many(query);
        let told = loop {
            match stream.try_next().await {
                Ok(Some(Either::Left(done))) => {
                    answers.push(Answer { rows: std::mem::take(&mut rows), touched: done.rows_affected() });
                }
                Ok(Some(Either::Right(row))) => rows.push(row),
                Ok(None) => break Ok(answers),
                Err(error) => break Err(error),
            }
        };
        drop(stream);
        self.seen(told)
    }

    fn seen<T>(&mut self, outcome: DbResult<T>) -> DbResult<T> {
        self.broken |= outcome.as_ref().err().is_some_and(is_gone);
        outcome
    }
}

/// What a statement is prepared as: statements are told apart by where their text is.
fn name(statement: &Statement) -> usize {
    statement.sql.as_ptr() as usize
}

/// How a prepared statement is run.
fn call(statement: &Statement) -> DbResult<String> {
    let mut text = format!("execute s{:x}", name(statement));
    for (n, value) in statement.args.values.0.iter().enumerate() {
        text.push(if n == 0 { '(' } else { ',' });
        plain::write(&mut text, value)?;
    }
    text.push(')');
    Ok(text)
}

/// Whether an error says that the connection is gone: what the server did not say itself, and its last
/// words (<https://www.postgresql.org/docs/current/errcodes-appendix.html>, class 57P).
pub fn is_gone(error: &DbError) -> bool {
    match error {
        DbError::Io(_) | DbError::Protocol(_) | DbError::Tls(_) => true,
        DbError::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
