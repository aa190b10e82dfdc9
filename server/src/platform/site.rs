//! What a handler or a job needs of the running site, in one place.

use super::{blobs::Blobs, clock::Clock, db::Db, memory::Memory, secrets::Secrets};
use std::sync::Arc;
use tokio::sync::Notify;

/// A service that is told of something by signed HTTP requests.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where to.
    pub url: String,
    /// What the requests are signed with.
    pub secret: String,
}

/// The running site; every handler gets it as `web::Data<Site>`. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// The database.
    pub db: Db,
    /// The object store.
    pub blobs: Blobs,
    /// Time.
    pub clock: Clock,
    /// Keys.
    pub secrets: Secrets,
    /// `https://…` or `http://…`, without a slash at the end: how people reach the site.
    pub public_url: Arc<str>,
    /// Wakes the worker of this process when a job was enqueued.
    pub wake: Arc<Notify>,
    /// Folder for files that are being made; what lies there may be lost at any time.
    pub scratch: Arc<std::path::Path>,
    /// Bearer token for `/metrics`; without one only this machine may read it.
    pub metrics_token: Option<Arc<str>>,
    /// The payment provider; without one, people send the money by hand.
    pub payouts: Option<Arc<Webhook>>,
    /// What this process remembers of it.
    pub memory: Memory,
}

impl Site {
    /// Whether people reach the site over HTTPS; decides cookie names and flags.
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Now, in UTC microseconds.
    pub fn now_us(&self) -> i64 {
        self.clock.now_us()
    }
}
