//! Statements that travel together: each way to the database and back costs more than most of them do.

use super::{Args, DbResult, Row, dialect::Part};
use sqlx::{Arguments, postgres::PgArguments, sqlite::SqliteArguments};
use std::marker::PhantomData;

/// Most statements that are sent at a time: what differs only in their number is prepared anew.
const MOST: usize = 16;

/// A query that was written but not sent yet: see [`Tx::two`](super::Tx::two).
pub struct Ask<R, A> {
    pub(super) sql: &'static str,
    pub(super) args: A,
    row: PhantomData<fn() -> R>,
}

impl<'t, R: Row, A: Args<'t>> Ask<R, A> {
    /// A query for rows of this type.
    pub fn new(sql: &'static str, args: A) -> Self {
        Self { sql, args, row: PhantomData }
    }
}

/// Statements with their arguments, in the order in which they are to be run.
#[derive(Default)]
pub(super) struct Bundle<A> {
    parts: Vec<Part>,
    args: A,
}

impl<A: Arguments + Default> Bundle<A> {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.parts.len() >= MOST
    }

    /// All of it; nothing is left.
    pub(super) fn take(&mut self) -> (Vec<Part>, A) {
        (std::mem::take(&mut self.parts), std::mem::take(&mut self.args))
    }

    fn note(&mut self, sql: &'static str) {
        self.parts.push(Part { sql, shift: self.args.len() });
    }
}

impl Bundle<SqliteArguments> {
    pub(super) fn add<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        self.note(sql);
        args.lite(&mut self.args)
    }
}

impl Bundle<PgArguments> {
    pub(super) fn add<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<()> {
        self.note(sql);
        args.pg(&mut self.args)
    }
}
