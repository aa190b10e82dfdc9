//! The inbox of a page's actor: anybody may post, one loop receives, nothing is lost.
//!
//! A page has one thread, so a queue and a waker do what a channel of a library does with atomics.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

struct State<T> {
    waiting: Vec<T>,
    reader: Option<Waker>,
}

/// Where events are posted and received; clones share one queue.
pub struct Inbox<T>(Rc<RefCell<State<T>>>);

impl<T> Clone for Inbox<T> {
    fn clone(&self) -> Self {
        Inbox(Rc::clone(&self.0))
    }
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Inbox(Rc::new(RefCell::new(State { waiting: Vec::new(), reader: None })))
    }
}

impl<T> Inbox<T> {
    /// Puts an event last.
    pub fn post(&self, event: T) {
        let mut state = self.0.borrow_mut();
        state.waiting.push(event);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// Waits for the first event. One loop may wait at a time.
    pub async fn next(&self) -> T {
        poll_fn(|context| {
            let mut state = self.0.borrow_mut();
            if !state.waiting.is_empty() {
                // There are never more than a few.
                return Poll::Ready(state.waiting.remove(0));
            }
            state.reader = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::Inbox;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn events_arrive_in_order_whoever_posts_them() {
        let inbox = Inbox::default();
        let other = inbox.clone();
        let mut context = Context::from_waker(Waker::noop());
        let mut first = pin!(inbox.next());
        assert_eq!(first.as_mut().poll(&mut context), Poll::Pending);
        other.post(1);
        inbox.post(2);
        assert_eq!(first.as_mut().poll(&mut context), Poll::Ready(1));
        assert_eq!(pin!(inbox.next()).as_mut().poll(&mut context), Poll::Ready(2));
    }
}
