//! Connections that only read: statements run in a thread that may take its time, quick ones at once.

use super::super::{Args, DbError, DbResult};
use super::link::Link;
use sqlx::any::{AnyArguments, AnyRow};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

/// Connections for reading.
const READERS: usize = 4;

/// All of them.
pub struct Readers {
    idle: Mutex<Vec<Link>>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub fn open(link: impl Fn() -> DbResult<Link>) -> DbResult<Self> {
        let idle = (0..READERS).map(|_| link()).collect::<DbResult<_>>()?;
        Ok(Self { idle: Mutex::new(idle), free: Arc::new(Semaphore::new(READERS)) })
    }

    /// Waits for one that is free.
    pub async fn one(from: Arc<Self>) -> DbResult<Reader> {
        let permit = from.free.clone().acquire_owned().await.map_err(|_| DbError::PoolClosed)?;
        let link = from.idle().pop().ok_or(DbError::PoolClosed)?;
        Ok(Reader { lent: Some(Lent { link: Some(link), from, _permit: permit }), quick: false })
    }

    pub fn close(&self) {
        self.free.close();
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Link>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection for reading.
pub struct Reader {
    lent: Option<Lent>,
    quick: bool,
}

/// What goes back when it is dropped, in whichever thread it then is.
struct Lent {
    link: Option<Link>,
    from: Arc<Readers>,
    // Last: the next reader must find the connection.
    _permit: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(link) = self.link.take().filter(|_| !self.from.free.is_closed()) {
            self.from.idle().push(link);
        }
    }
}

impl Reader {
    /// For statements that take microseconds: they run where they are called.
    pub fn quick(self) -> Self {
        Self { quick: true, ..self }
    }

    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Link) -> DbResult<T> + Send + 'static,
    ) -> DbResult<T> {
        if self.quick {
            let link = self.lent.as_mut().and_then(|lent| lent.link.as_mut());
            return link.map_or(Err(DbError::PoolClosed), work);
        }
        let mut lent = self.lent.take().ok_or(DbError::PoolClosed)?;
        let works = spawn_blocking(move || {
            let done = lent.link.as_mut().map_or(Err(DbError::PoolClosed), work);
            (lent, done)
        });
        let (lent, done) = works.await.map_err(|_| DbError::WorkerCrashed)?;
        self.lent = Some(lent);
        done
    }

    pub async fn exec<'t>(&mut self, sql: &'static str, args: impl Args<'t>) -> DbResult<u64> {
        let args = args.plain()?;
        self.work(move |link| link.exec(sql, &args)).await
    }

    pub async fn all(&mut self, sql: &'static str, args: AnyArguments) -> DbResult<Vec<AnyRow>> {
        self.work(move |link| link.all(sql, &args)).await
    }
}
