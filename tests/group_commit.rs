//! SQLite's shared commits: nobody is told too early, and one caller's trouble is nobody else's.

use crate::helpers::watchdog::scratch;
use sayso::platform::db::{Db, DbResult};
use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll},
};

/// A database file with a table of numbers, each once.
async fn numbers(folder: &std::path::Path) -> Db {
    let db = Db::open(&format!("sqlite://{}", folder.join("numbers.db").display())).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.exec("create table numbers (n bigint primary key)", ()).await.unwrap();
    tx.exec("create table owned (n bigint primary key references numbers (n) deferrable initially deferred)", ())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db
}

async fn add(db: &Db, n: i64) -> DbResult<()> {
    let mut tx = db.begin().await?;
    tx.exec("insert into numbers (n) values ($1)", (n,)).await?;
    tx.commit().await
}

async fn holds(db: &Db, n: i64) -> bool {
    let mut tx = db.read().await.unwrap();
    tx.opt::<(i64,)>("select n from numbers where n = $1", (n,)).await.unwrap().is_some()
}

async fn count(db: &Db) -> i64 {
    db.read().await.unwrap().one::<(i64,)>("select count(*) from numbers", ()).await.unwrap().0
}

/// Lets a future begin to wait.
async fn waits<F: Future>(work: Pin<&mut F>) {
    tokio::select! {
        biased;
        _ = work => panic!("it did not wait"),
        () = std::future::ready(()) => {}
    }
}

/// Gives a future up after it was polled so many times.
struct GivenUp<'a, F> {
    work: Pin<&'a mut F>,
    polls: u32,
}

impl<F: Future> Future for GivenUp<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.work.as_mut().poll(context).map(Some)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_finds_the_write_on_another_connection() {
    let folder = scratch("group-commit-");
    let db = numbers(folder.path()).await;
    let other = Db::open(&format!("sqlite://{}", folder.path().join("numbers.db").display())).await.unwrap();
    let callers: Vec<_> = (0..200)
        .map(|n| {
            let (db, other) = (db.clone(), other.clone());
            tokio::spawn(async move {
                add(&db, n).await.unwrap();
                assert!(holds(&other, n).await, "{n} was acknowledged and is not there");
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(count(&other).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_shares_a_commit_is_not_acknowledged_before_it() {
    let folder = scratch("group-commit-");
    let db = numbers(folder.path()).await;
    let mut first = db.begin().await.unwrap();
    first.exec("insert into numbers (n) values (1)", ()).await.unwrap();
    let mut second = pin!(db.begin());
    // It waits in the line now, so the first one leaves the commit to it.
    waits(second.as_mut()).await;
    let mut told = pin!(first.commit());
    let mut second = tokio::select! {
        biased;
        done = told.as_mut() => panic!("told before the commit: {done:?}"),
        second = second => second.unwrap(),
    };
    assert!(!holds(&db, 1).await, "a reader sees what is not committed");
    second.exec("insert into numbers (n) values (2)", ()).await.unwrap();
    // The second is given up, which must not take the first with it.
    drop(second);
    told.await.unwrap();
    assert!(holds(&db, 1).await && !holds(&db, 2).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_fails_leaves_the_others_whole() {
    let folder = scratch("group-commit-");
    let db = numbers(folder.path()).await;
    add(&db, 0).await.unwrap();
    let callers: Vec<_> = (1..=120)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                tx.exec("insert into numbers (n) values ($1)", (n,)).await.unwrap();
                if n % 3 == 0 {
                    // Refused, and all that it wrote goes with it.
                    tx.exec("insert into numbers (n) values (0)", ()).await.unwrap_err();
                    return false;
                }
                tx.commit().await.is_ok()
            })
        })
        .collect();
    let mut told = 0;
    for caller in callers {
        told += i64::from(caller.await.unwrap());
    }
    assert_eq!((told, count(&db).await), (80, 81));
    assert!(!holds(&db, 3).await && holds(&db, 4).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_goes_away_at_any_moment_takes_nobody_along() {
    let folder = scratch("group-commit-");
    let db = numbers(folder.path()).await;
    for polls in 0..40 {
        let base = i64::from(polls) * 10;
        let before = tokio::spawn({
            let db = db.clone();
            async move { add(&db, base).await }
        });
        let mut gone = Box::pin(add(&db, base + 1));
        let finished = GivenUp { work: gone.as_mut(), polls }.await;
        drop(gone);
        let after = add(&db, base + 2).await;
        before.await.unwrap().unwrap();
        after.unwrap();
        assert!(holds(&db, base).await && holds(&db, base + 2).await);
        assert!(finished.is_none() || holds(&db, base + 1).await, "acknowledged and lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_is_told_to_all_who_share_it() {
    let folder = scratch("group-commit-");
    let db = numbers(folder.path()).await;
    let mut first = db.begin().await.unwrap();
    first.exec("insert into numbers (n) values (1)", ()).await.unwrap();
    let mut second = pin!(db.begin());
    waits(second.as_mut()).await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    // The database looks at this reference at the commit only.
    second.exec("insert into owned (n) values (99)", ()).await.unwrap();
    second.commit().await.unwrap_err();
    first.await.unwrap().unwrap_err();
    assert_eq!(count(&db).await, 0);
    add(&db, 3).await.unwrap();
    assert!(holds(&db, 3).await, "the writer goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_looks_is_told_of_nothing_that_is_not_committed_yet() {
    let folder = scratch("group-commit-");
    let db = numbers(folder.path()).await;
    let first = db.begin().await.unwrap();
    let mut writes = pin!(add(&db, 1));
    waits(writes.as_mut()).await;
    let mut looks = pin!(db.settled(async {
        let mut tx = db.begin().await.unwrap();
        tx.opt::<(i64,)>("select n from numbers where n = 1", ()).await.unwrap().is_some()
    }));
    waits(looks.as_mut()).await;
    let mut last = pin!(db.begin());
    waits(last.as_mut()).await;
    drop(first);
    // The write is done, it has been looked at, and somebody else has the writer: nothing is committed.
    let last = tokio::select! {
        biased;
        _ = writes.as_mut() => panic!("acknowledged before it was committed"),
        _ = looks.as_mut() => panic!("told of what was not committed"),
        last = last.as_mut() => last.unwrap(),
    };
    assert!(!holds(&db, 1).await);
    drop(last);
    let (seen, written) = tokio::join!(looks, writes);
    written.unwrap();
    assert!(seen.unwrap(), "it saw the write of the one before it");
    assert!(holds(&db, 1).await);
}
