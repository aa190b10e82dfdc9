//! Connections to PostgreSQL: what each is told, what travels together, and what becomes of it when one breaks.

use crate::helpers::{Backend, Pair, postgres::admin_sql};
use sayso::platform::db::{self, Db};

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

async fn open(backend: &Backend) -> Db {
    let db = Db::open(&backend.database_url).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.exec("create table numbers (n bigint primary key)", ()).await.unwrap();
    tx.commit().await.unwrap();
    db
}

async fn numbers(db: &Db) -> Vec<(i64,)> {
    db.read().await.unwrap().all("select n from numbers order by n", ()).await.unwrap()
}

/// Several statements in one message carry their arguments in its text.
#[tokio::test]
async fn arguments_keep_every_character_on_the_way() {
    let db = open(&Backend::fresh(Pair::PgS3)).await;
    let long = "long ' ".repeat(20_000);
    let texts = [
        "",
        "'",
        "''",
        "\\",
        "\\'",
        "\\\\''",
        "a\nb\tc\r",
        "$1",
        "$$ ; --",
        "'; drop table numbers; --",
        "/* ' */",
        "名前 é 🦀",
        "E'\\x41'",
        "\u{1}",
        "%s",
        "null",
        long.as_str(),
    ];
    let numbers = [i64::MIN, -1, 0, 1, i64::MAX];
    let shares = [0.1, -0.0, 1e300, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY];
    for (n, text) in texts.into_iter().enumerate() {
        let (number, share) = (numbers[n % numbers.len()], shares[n % shares.len()]);
        let bytes: Vec<u8> = text.bytes().map(|byte| byte.wrapping_mul(7)).collect();
        let mut tx = db.begin().await.unwrap();
        let texts = db::one::<(String, Option<String>, bool)>(
            "select $1, $2, $3 where length($1) = $4",
            (text, None::<String>, n % 2 == 0, i64::try_from(text.chars().count()).unwrap()),
        );
        let others = db::one::<(i64, f64, Vec<u8>)>("select $1, $2, $3", (number, share, bytes.as_slice()));
        let (told, other) = tx.ask((texts, others)).await.unwrap();
        assert_eq!(told, (text.to_owned(), None, n % 2 == 0));
        assert_eq!((other.0, other.1.to_bits(), other.2), (number, share.to_bits(), bytes));
    }
    let mut tx = db.begin().await.unwrap();
    let cut = db::all::<(String,)>("select $1", ("a\0'; drop table numbers; --",));
    tx.ask((cut, db::all::<(i64,)>("select n from numbers", ()))).await.unwrap_err();
}

#[tokio::test]
async fn what_fails_takes_back_all_that_was_sent_with_it() {
    let db = open(&Backend::fresh(Pair::PgS3)).await;
    for begun in [false, true] {
        let mut tx = db.begin().await.unwrap();
        if begun {
            tx.exec("insert into numbers (n) values ($1)", (1_i64,)).await.unwrap();
        }
        tx.push("insert into numbers (n) values ($1)", (2_i64,)).await.unwrap();
        tx.follow("insert into numbers (n) values ($1)", (3_i64,)).await.unwrap();
        tx.follow("insert into numbers (n) values ($1)", (2_i64,)).await.unwrap();
        tx.follow("insert into numbers (n) values ($1)", (4_i64,)).await.unwrap();
        tx.commit().await.unwrap_err();
        assert_eq!(numbers(&db).await, []);
    }
}

#[tokio::test]
async fn writes_run_in_their_order_before_what_is_asked_and_before_the_commit() {
    let db = open(&Backend::fresh(Pair::PgS3)).await;
    let mut tx = db.begin().await.unwrap();
    tx.push("insert into numbers (n) values ($1)", (1_i64,)).await.unwrap();
    tx.push("insert into numbers (n) values ($1)", (5_i64,)).await.unwrap();
    tx.follow("update numbers set n = n * 10 where n = $1", (1_i64,)).await.unwrap();
    let (ten, all) = tx
        .ask((
            db::opt::<(i64,)>("select n from numbers where n = $1", (10_i64,)),
            db::all::<(i64,)>("select n from numbers order by n", ()),
        ))
        .await
        .unwrap();
    assert_eq!((ten, all), (Some((10,)), vec![(5,), (10,)]));
    tx.follow("delete from numbers where n = $1", (5_i64,)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(numbers(&db).await, [(10,)]);
}

#[tokio::test]
async fn what_is_given_up_is_undone_at_once() {
    let db = open(&Backend::fresh(Pair::PgS3)).await;
    for n in 0..20_i64 {
        let mut given_up = db.begin().await.unwrap();
        given_up.exec("insert into numbers (n) values (0)", ()).await.unwrap();
        drop(given_up);
        // It would wait for whoever holds the same key.
        let mut tx = db.begin().await.unwrap();
        tx.exec("set local lock_timeout = '20s'", ()).await.unwrap_or_default();
        tx.exec("insert into numbers (n) values (0)", ()).await.unwrap();
        tx.exec("update numbers set n = $1 where n = 0", (n + 1,)).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(numbers(&db).await.len(), 20);
}

#[tokio::test]
async fn a_connection_that_was_cut_off_is_replaced_before_anything_is_lost() {
    let backend = Backend::fresh(Pair::PgS3);
    let db = open(&backend).await;
    for n in 0..3_i64 {
        let others = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                      where datname = current_database() and pid <> pg_backend_pid()";
        assert_ne!(admin_sql(&backend.database_url, others).trim(), "0");
        let mut tx = db.begin().await.unwrap();
        tx.exec("insert into numbers (n) values ($1)", (n,)).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(numbers(&db).await, [(0,), (1,), (2,)]);
}
