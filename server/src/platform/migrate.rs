//! The schema: every file of `migrations/`, applied once, in order, all or nothing.
//!
//! All pending files run in one transaction behind one lock, so several processes may start
//! at once and a process that dies in the middle leaves the old schema.

use super::{
    clock::Clock,
    db::{Db, DbError},
    ids::sha256_hex,
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../migrations"]
struct Migrations;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database refused a statement.
    #[error("migration {name}: {source}")]
    Refused {
        /// File name.
        name: String,
        /// The database's words.
        source: DbError,
    },
    /// An applied migration was edited afterwards.
    #[error("migration {0} was applied with other text: restore the file, add a new one instead")]
    Changed(String),
    /// The database does not answer.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Applies what is missing and returns the names applied.
///
/// # Errors
/// See [`MigrateError`]; the schema is then unchanged.
pub async fn migrate(db: &Db, clock: &Clock) -> Result<Vec<String>, MigrateError> {
    let mut tx = db.begin().await?;
    tx.script("/*pg: select pg_advisory_xact_lock(7237821); */").await?;
    tx.script(
        "create table if not exists schema_migrations (
           name text primary key, sha256 text not null, applied_us bigint not null);",
    )
    .await?;
    let mut names: Vec<String> = Migrations::iter().map(|name| name.into_owned()).collect();
    names.sort();
    let mut applied = Vec::new();
    for name in names {
        let Some(file) = Migrations::get(&name) else { continue };
        let digest = sha256_hex(&file.data);
        let known: Option<(String,)> =
            tx.opt("select sha256 from schema_migrations where name = $1", (name.as_str(),)).await?;
        match known {
            Some((was,)) if was == digest => continue,
            Some(_) => return Err(MigrateError::Changed(name)),
            None => {}
        }
        let text = String::from_utf8_lossy(&file.data).into_owned();
        tx.script(&text).await.map_err(|source| MigrateError::Refused { name: name.clone(), source })?;
        tx.exec(
            "insert into schema_migrations (name, sha256, applied_us) values ($1, $2, $3)",
            (name.as_str(), digest, clock.now_us()),
        )
        .await?;
        applied.push(name);
    }
    tx.commit().await?;
    Ok(applied)
}
