//! Sessions looked up a moment ago: a page asks many times a second, always as the same person.
//!
//! What ends a session or changes a role is seen at once in the process that did it, and within
//! [`LIFE`] in the others.

use super::model::Session;
use crate::platform::{clock::steady, ids::SessionId, memo::Memo};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a session is taken for what it was.
const LIFE: Duration = Duration::from_secs(1);

static KNOWN: Memo<SessionId, Remembered> = Memo::new(4_096);
/// Goes up whenever something about sessions changes here.
static CHANGES: AtomicU64 = AtomicU64::new(0);

struct Remembered {
    session: Arc<Session>,
    as_of: u64,
    until: Instant,
}

/// To be taken before a session is read.
pub fn as_of() -> u64 {
    CHANGES.load(Ordering::SeqCst)
}

/// The session, if it was read a moment ago and nothing has changed since.
pub fn recall(id: SessionId) -> Option<Arc<Session>> {
    let known = KNOWN.get(id)?;
    (known.as_of == as_of() && steady() < known.until).then(|| known.session.clone())
}

/// Keeps a session that was read.
pub fn remember(session: Session, as_of: u64) -> Arc<Session> {
    let (id, session) = (session.id, Arc::new(session));
    KNOWN.put(id, Remembered { session: session.clone(), as_of, until: steady() + LIFE });
    session
}

/// Forgets all sessions: one of them has changed.
pub fn forget() {
    CHANGES.fetch_add(1, Ordering::SeqCst);
}
