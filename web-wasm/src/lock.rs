//! One upload at a time across all tabs of this browser (Web Locks API).

use crate::dom;
use crate::js::Locks;
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The lock's name, shared by all pages of this origin.
const NAME: &str = "sayso-upload";

/// Held until dropped. Where the browser has no Web Locks it holds nothing: uploads are
/// repeatable, so two tabs sending the same take cost bandwidth, never correctness.
pub struct Lock {
    release: Option<Function>,
}

impl Lock {
    /// Waits until no other tab holds the lock, then takes it.
    pub async fn acquire() -> Lock {
        let locks = dom::property(&dom::window().navigator(), "locks");
        if locks.is_undefined() {
            return Lock { release: None };
        }
        let locks: Locks = locks.unchecked_into();
        let release = Rc::new(RefCell::new(None));
        let granted = Promise::new(&mut |resolve, _| {
            let release = Rc::clone(&release);
            let free = resolve.clone();
            let held = Closure::once_into_js(move |_lock: JsValue| -> Promise {
                resolve.call0(&JsValue::UNDEFINED).ok();
                Promise::new(&mut |resolve, _| {
                    release.replace(Some(resolve));
                })
            });
            if locks.request(NAME, held.unchecked_ref()).is_err() {
                free.call0(&JsValue::UNDEFINED).ok();
            }
        });
        JsFuture::from(granted).await.ok();
        Lock { release: release.take() }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            release.call0(&JsValue::UNDEFINED).ok();
        }
    }
}
