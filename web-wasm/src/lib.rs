//! Sayso in the browser: what the pages `record` and `judge` do once the WASM module is loaded.
//!
//! Each page calls one function. A page is an actor: buttons, keys, the microphone and the
//! upload queue send it events, and one asynchronous loop handles them in turn, so that no two
//! handlers ever run at once.
//!
//! * [`recorder`]: the recording page; [`microphone`] brings samples, [`capture`] keeps them,
//!   [`meter`] shows them, [`checker`] has [`check`] measure the take exactly as the server will.
//! * [`prompts`]: what may be said next, fetched ahead.
//! * [`queue`]: takes kept in [`store`] and sent by [`upload`] until the server has them.
//! * [`lease`]: how long a task is reserved.
//! * [`judge`]: the judging page; [`player`] plays, [`draw`] draws.
//! * [`care`]: what both pages offer beside the work: skipping, leaving, telling that it upsets.
//! * [`exports`]: the same for other programs.

pub mod api;
pub mod backoff;
pub mod capture;
mod care;
pub mod check;
pub mod checked;
pub mod checker;
pub mod dom;
pub mod draw;
pub mod exports;
pub mod inbox;
mod js;
mod json;
pub mod judge;
mod judge_view;
mod keys;
mod lease;
pub mod lock;
pub mod meter;
pub mod microphone;
pub mod microphone_error;
pub mod player;
mod policy;
pub mod prompts;
pub mod queue;
mod queue_view;
pub mod recorder;
pub mod store;
pub mod take;
pub mod task;
pub mod upload;
pub mod words;

use wasm_bindgen::prelude::*;

/// Two-level segregated fit (M. Masmano et al., ECRTS 2004): constant time, in a third of the code.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Starts the recording page (`templates/tasks/record.html`), its upload queue included.
#[wasm_bindgen]
pub fn start_recorder() {
    recorder::start();
}

/// Starts the judging page (`templates/tasks/judge.html`).
#[wasm_bindgen]
pub fn start_judge() {
    judge::start();
}

/// Sends takes that still wait in this browser for the person named by `<body data-person>`.
/// Does nothing on the recording page, which runs its own queue, or when nobody is signed in.
#[wasm_bindgen]
pub fn start_queue() {
    if dom::find("recorder").is_some() {
        return;
    }
    if let Some(person) = dom::person() {
        queue::start(person, Box::new(|_| {}));
    }
}
