//! PostgreSQL: connections that stay where they were opened, and transactions that send at a time all
//! that need not wait for an answer.
//!
//! A statement sent alone costs more on the way than most of them cost to run. Two things keep that
//! small. A connection belongs to the runtime that waits for its socket, and is only lent within it:
//! otherwise each answer would wake two threads. And what a transaction has to say, its beginning, writes
//! that nobody asks about ([`Tx::push`](super::Tx::push)), several questions
//! ([`Tx::ask`](super::Tx::ask)), its commit, goes in one message wherever it can ([`link::Link::flight`]).

mod link;
mod plain;
mod session;

pub(super) use session::Session;

use super::{DbError, DbResult};
use crate::platform::clock::steady;
use deadpool::{
    Runtime,
    managed::{self, Manager, Metrics, PoolError, QueueMode, RecycleError, RecycleResult},
};
use link::Link;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};
use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    runtime::{Handle, Id},
    time::{interval, sleep},
};

/// A connection that was idle for longer is tried before it is used: its server may have gone away.
const IDLE_TRUSTED: Duration = Duration::from_secs(1);
/// One that was idle for longer is closed.
const IDLE_MAX: Duration = Duration::from_secs(600);
/// How long a caller waits for a connection, and for a server that is just starting.
const PATIENCE: Duration = Duration::from_secs(10);
/// About as many connections as one process may open; the servers of PostgreSQL's defaults take 100.
const CONNECTIONS: usize = 32;

/// A server. Cheap to clone.
#[derive(Clone)]
pub struct Pg(Arc<Server>);

struct Server {
    opener: Opener,
    /// The connections of each runtime.
    pools: Mutex<HashMap<Id, Pool>>,
    /// Most of them in one.
    most: usize,
}

type Pool = managed::Pool<Opener>;
/// A connection in use.
type Lent = managed::Object<Opener>;

impl Pg {
    pub(super) async fn open(url: &str, threads: usize) -> DbResult<Self> {
        let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(256).disable_statement_logging();
        // Each thread that serves has a runtime of its own, and one more is there for the jobs.
        let most = (CONNECTIONS / (threads + 1)).clamp(3, 8);
        let pg = Self(Arc::new(Server { opener: Opener(options), pools: Mutex::default(), most }));
        let _reached = pg.lend().await?;
        Ok(pg)
    }

    /// A connection of the runtime that asks.
    async fn lend(&self) -> DbResult<Lent> {
        self.pool()?.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => DbError::PoolClosed,
            _ => DbError::PoolTimedOut,
        })
    }

    fn pool(&self) -> DbResult<Pool> {
        let runtime = Handle::try_current().map_err(|_| DbError::WorkerCrashed)?;
        let mut pools = self.0.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&runtime.id()) {
            return Ok(pool.clone());
        }
        let pool = Pool::builder(self.0.opener.clone())
            .max_size(self.0.most)
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Configuration(error.into()))?;
        runtime.spawn(close_idle(pool.clone()));
        pools.insert(runtime.id(), pool.clone());
        Ok(pool)
    }

    pub(super) fn close(&self) {
        let pools = self.0.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.values().for_each(managed::Pool::close);
    }
}

/// Closes what nobody has used for long, for as long as there is a pool.
async fn close_idle(pool: Pool) {
    let (pool, mut minutes) = (pool.weak(), interval(Duration::from_secs(60)));
    while let Some(pool) = pool.upgrade() {
        pool.retain(|_, used| used.last_used() < IDLE_MAX);
        drop(pool);
        minutes.tick().await;
    }
}

/// Opens connections.
#[derive(Clone)]
struct Opener(PgConnectOptions);

impl Manager for Opener {
    type Type = Link;
    type Error = DbError;

    async fn create(&self) -> DbResult<Link> {
        let (until, mut pause) = (steady() + PATIENCE, Duration::from_millis(10));
        loop {
            match Link::open(&self.0).await {
                Err(error) if is_passing(&error) && steady() + pause < until => sleep(pause).await,
                other => return other,
            }
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    async fn recycle(&self, link: &mut Link, used: &Metrics) -> RecycleResult<DbError> {
        if link.is_broken() {
            return Err(RecycleError::message("it broke off"));
        }
        if used.last_used() > IDLE_TRUSTED {
            link.ping().await?;
        }
        Ok(())
    }
}

/// Whether a server that does not let us in may do so soon: nothing listens there yet, it is starting or
/// stopping, or all its places are taken (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn is_passing(error: &DbError) -> bool {
    match error {
        DbError::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        DbError::Database(error) => {
            matches!(error.code().as_deref(), Some("53300" | "57P03"))
        }
        _ => false,
    }
}
