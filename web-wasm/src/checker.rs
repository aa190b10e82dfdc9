//! Has takes checked by a worker, so that the page never stalls; or here, where no worker starts.

use crate::checked::Checked;
use crate::{dom, exports};
use js_sys::Float32Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// A worker that takes longer has died without saying so.
const PATIENCE_MS: u32 = 10_000;

/// A take to be checked.
#[derive(Clone)]
struct Job {
    number: u32,
    samples: Float32Array,
    rate_hz: u32,
    policy: String,
}

/// Hears how a check went: the take, or in words why there is none.
type Told = Box<dyn Fn(Result<Checked, String>)>;

struct Inner {
    worker: RefCell<Option<Worker>>,
    /// What the worker was asked last.
    pending: RefCell<Option<Job>>,
    asked: Cell<u32>,
    told: Told,
}

/// The worker and what it was asked.
pub struct Checker(Rc<Inner>);

impl Checker {
    /// Starts the worker. `told` hears about every check that [`Checker::check`] begins.
    pub fn start(script: &str, told: Told) -> Checker {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(script, &options).ok();
        let pending = RefCell::new(None);
        let inner = Rc::new(Inner { worker: RefCell::new(worker), pending, asked: Cell::new(0), told });
        if let Some(worker) = &*inner.worker.borrow() {
            let heard = Rc::clone(&inner);
            dom::on(worker, "message", move |event| heard.answered(&event.unchecked_into::<MessageEvent>().data()));
            let failed = Rc::clone(&inner);
            dom::on(worker, "error", move |_| failed.died());
        }
        Checker(inner)
    }

    /// Checks a take under a policy, given as JSON.
    pub fn check(&self, samples: &[f32], rate_hz: u32, policy: String) {
        let number = self.0.asked.get() + 1;
        self.0.asked.set(number);
        let job = Job { number, samples: Float32Array::from(samples), rate_hz, policy };
        self.0.pending.replace(Some(job.clone()));
        if !self.0.post(&job) {
            return self.0.died();
        }
        let watched = Rc::clone(&self.0);
        dom::after(PATIENCE_MS, move || {
            let is_late = watched.pending.borrow().as_ref().is_some_and(|job| job.number == number);
            if is_late {
                watched.died();
            }
        });
    }
}

impl Inner {
    fn post(&self, job: &Job) -> bool {
        let message = dom::object(&[
            ("id", JsValue::from_f64(f64::from(job.number))),
            ("samples", job.samples.clone().into()),
            ("rate_hz", JsValue::from_f64(f64::from(job.rate_hz))),
            ("policy", JsValue::from_str(&job.policy)),
        ]);
        self.worker.borrow().as_ref().is_some_and(|worker| worker.post_message(&message).is_ok())
    }

    fn answered(&self, reply: &JsValue) {
        let number = dom::property(reply, "id").as_f64().map(|number| number as u32);
        let job = self.pending.borrow_mut().take_if(|job| Some(job.number) == number);
        let Some(job) = job else { return };
        match dom::property(reply, "error").as_string() {
            Some(why) => (self.told)(Err(why)),
            None => match dom::property(reply, "checked").dyn_ref().and_then(Checked::of) {
                Some(checked) => (self.told)(Ok(checked)),
                None => self.here(&job),
            },
        }
    }

    /// The worker is of no use: from now on all is done here.
    fn died(&self) {
        if let Some(worker) = self.worker.take() {
            worker.terminate();
        }
        if let Some(job) = self.pending.take() {
            self.here(&job);
        }
    }

    fn here(&self, job: &Job) {
        let checked = exports::check(&job.samples.to_vec(), job.rate_hz, &job.policy);
        let unreadable = || "This take could not be checked. Reload the page.".to_owned();
        (self.told)(match checked {
            Ok(object) => Checked::of(&object).ok_or_else(unreadable),
            Err(error) => Err(dom::error_text(&error.into())),
        });
    }
}
