//! Statements that are not sent yet, so that several can be sent together.

use super::{Args, DbError, DbResult, Row};
use sqlx::{
    any::{AnyArguments, AnyRow},
    postgres::PgRow,
};
use std::marker::PhantomData;

/// A statement with its arguments.
pub struct Statement {
    pub sql: &'static str,
    pub args: AnyArguments,
}

/// A statement that brings something, by the kind of its [`Outcome`].
pub struct Ask<O> {
    statement: DbResult<Statement>,
    outcome: PhantomData<fn() -> O>,
}

impl<O> Ask<O> {
    fn new<'t>(sql: &'static str, args: impl Args<'t>) -> Self {
        Self { statement: args.plain().map(|args| Statement { sql, args }), outcome: PhantomData }
    }
}

/// Asks for every row.
pub fn all<'t, R: Row>(sql: &'static str, args: impl Args<'t>) -> Ask<Vec<R>> {
    Ask::new(sql, args)
}

/// Asks for the first row, if there is one.
pub fn opt<'t, R: Row>(sql: &'static str, args: impl Args<'t>) -> Ask<Option<R>> {
    Ask::new(sql, args)
}

/// Asks for the only row; that there is none is [`DbError::RowNotFound`].
pub fn one<'t, R: Row>(sql: &'static str, args: impl Args<'t>) -> Ask<Only<R>> {
    Ask::new(sql, args)
}

/// The only row of a statement.
pub struct Only<R>(PhantomData<fn() -> R>);

/// What the rows of a statement say.
pub trait Outcome {
    /// That.
    type Out;
    #[doc(hidden)]
    fn of(rows: &Rows) -> DbResult<Self::Out>;
}

impl<R: Row> Outcome for Vec<R> {
    type Out = Self;
    fn of(rows: &Rows) -> DbResult<Self> {
        rows.filled()
    }
}

impl<R: Row> Outcome for Option<R> {
    type Out = Self;
    fn of(rows: &Rows) -> DbResult<Self> {
        Ok(rows.filled()?.into_iter().next())
    }
}

impl<R: Row> Outcome for Only<R> {
    type Out = R;
    fn of(rows: &Rows) -> DbResult<R> {
        rows.filled()?.into_iter().next().ok_or(DbError::RowNotFound)
    }
}

/// Rows as either database brings them.
#[doc(hidden)]
pub enum Rows {
    Lite(Vec<AnyRow>),
    Pg(Vec<PgRow>),
}

impl Rows {
    pub(super) fn filled<R: Row>(&self) -> DbResult<Vec<R>> {
        match self {
            Self::Lite(rows) => rows.iter().map(R::from_row).collect(),
            Self::Pg(rows) => rows.iter().map(R::from_row).collect(),
        }
    }
}

/// One [`Ask`], or a tuple of them, answered in their order.
pub trait Asks: Send {
    /// What they bring.
    type Out;
    #[doc(hidden)]
    fn statements(self) -> DbResult<Vec<Statement>>;
    #[doc(hidden)]
    fn of(rows: &[Rows]) -> DbResult<Self::Out>;
}

fn missing() -> DbError {
    DbError::Protocol("a statement brought no answer".into())
}

impl<O: Outcome> Asks for Ask<O> {
    type Out = O::Out;
    fn statements(self) -> DbResult<Vec<Statement>> {
        Ok(vec![self.statement?])
    }
    fn of(rows: &[Rows]) -> DbResult<O::Out> {
        O::of(rows.first().ok_or_else(missing)?)
    }
}

macro_rules! asks {
    ($($name:ident)*) => {
        impl<$($name: Outcome),*> Asks for ($(Ask<$name>,)*) {
            type Out = ($($name::Out,)*);
            #[allow(non_snake_case)]
            fn statements(self) -> DbResult<Vec<Statement>> {
                let ($($name,)*) = self;
                Ok(vec![$($name.statement?),*])
            }
            fn of(rows: &[Rows]) -> DbResult<Self::Out> {
                let mut rows = rows.iter();
                Ok(($($name::of(rows.next().ok_or_else(missing)?)?,)*))
            }
        }
    };
}
/// Any number of one kind.
impl<O: Outcome> Asks for Vec<Ask<O>> {
    type Out = Vec<O::Out>;
    fn statements(self) -> DbResult<Vec<Statement>> {
        self.into_iter().map(|ask| ask.statement).collect()
    }
    fn of(rows: &[Rows]) -> DbResult<Self::Out> {
        rows.iter().map(O::of).collect()
    }
}

asks!(A B);
asks!(A B C);
asks!(A B C D E);
asks!(A B C D E F G H);
