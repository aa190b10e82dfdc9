//! What every connection to PostgreSQL is told, whatever its server does otherwise.

use crate::helpers::{Backend, Pair};
use sayso::platform::db::Db;

/// With ten million items, compiling the statement that picks one takes two seconds each time.
#[tokio::test]
async fn a_statement_is_neither_planned_anew_for_each_call_nor_compiled() {
    let backend = Backend::fresh(Pair::PgS3);
    let db = Db::open(&backend.database_url).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let told: (String, String) =
        tx.one("select current_setting('plan_cache_mode'), current_setting('jit')", ()).await.unwrap();
    assert_eq!(told, ("force_generic_plan".to_owned(), "off".to_owned()));
}
