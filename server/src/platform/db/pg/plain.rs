//! Arguments as PostgreSQL writes them in a statement's text.

use crate::platform::{
    db::{DbError, DbResult},
    ids::hex,
};
use sqlx::any::{AnyArguments, AnyTypeInfoKind};
use sqlx_core::any::AnyValueKind;
use std::fmt::Write;

/// The types of some arguments, for `prepare`.
pub fn types(args: &AnyArguments) -> DbResult<String> {
    let names: DbResult<Vec<&str>> = args.values.0.iter().map(|value| kind(value).map(name)).collect();
    Ok(names?.join(", "))
}

fn kind(value: &AnyValueKind) -> DbResult<AnyTypeInfoKind> {
    Ok(match value {
        AnyValueKind::Null(kind) => *kind,
        AnyValueKind::Bool(_) => AnyTypeInfoKind::Bool,
        AnyValueKind::SmallInt(_) => AnyTypeInfoKind::SmallInt,
        AnyValueKind::Integer(_) => AnyTypeInfoKind::Integer,
        AnyValueKind::BigInt(_) => AnyTypeInfoKind::BigInt,
        AnyValueKind::Real(_) => AnyTypeInfoKind::Real,
        AnyValueKind::Double(_) => AnyTypeInfoKind::Double,
        AnyValueKind::Text(_) | AnyValueKind::TextSlice(_) => AnyTypeInfoKind::Text,
        AnyValueKind::Blob(_) => AnyTypeInfoKind::Blob,
        _ => return Err(strange()),
    })
}

fn name(kind: AnyTypeInfoKind) -> &'static str {
    match kind {
        AnyTypeInfoKind::Null => "unknown",
        AnyTypeInfoKind::Bool => "boolean",
        AnyTypeInfoKind::SmallInt => "smallint",
        AnyTypeInfoKind::Integer => "integer",
        AnyTypeInfoKind::BigInt => "bigint",
        AnyTypeInfoKind::Real => "real",
        AnyTypeInfoKind::Double => "double precision",
        AnyTypeInfoKind::Text => "text",
        AnyTypeInfoKind::Blob => "bytea",
    }
}

/// Writes an argument as a literal. A text keeps every character: with `standard_conforming_strings`,
/// which each connection sets, only the quote means something else within quotes
/// (<https://www.postgresql.org/docs/current/sql-syntax-lexical.html>, 4.1.2.1).
///
/// # Errors
/// When a text holds the character NUL, which PostgreSQL does not store.
pub fn write(to: &mut String, value: &AnyValueKind) -> DbResult<()> {
    match value {
        AnyValueKind::Null(_) => to.push_str("null"),
        AnyValueKind::Bool(value) => to.push_str(if *value { "true" } else { "false" }),
        AnyValueKind::SmallInt(value) => number(to, i64::from(*value)),
        AnyValueKind::Integer(value) => number(to, i64::from(*value)),
        AnyValueKind::BigInt(value) => number(to, *value),
        AnyValueKind::Real(value) => quoted(to, &value.to_string())?,
        AnyValueKind::Double(value) => quoted(to, &value.to_string())?,
        AnyValueKind::Text(value) => quoted(to, value)?,
        AnyValueKind::TextSlice(value) => quoted(to, value)?,
        AnyValueKind::Blob(value) => {
            to.push_str("'\\x");
            to.push_str(&hex(value));
            to.push('\'');
        }
        _ => return Err(strange()),
    }
    Ok(())
}

fn number(to: &mut String, value: i64) {
    // Writing to a text cannot fail.
    let _ = write!(to, "{value}");
}

fn quoted(to: &mut String, text: &str) -> DbResult<()> {
    if text.contains('\0') {
        return Err(DbError::Encode("a text holds the character NUL".into()));
    }
    to.push('\'');
    for (n, piece) in text.split('\'').enumerate() {
        to.push_str(if n > 0 { "''" } else { "" });
        to.push_str(piece);
    }
    to.push('\'');
    Ok(())
}

fn strange() -> DbError {
    DbError::Encode("a value of a kind that is not stored".into())
}
