//! Locks that all tabs of this browser respect (Web Locks API).

use crate::dom;
use crate::js::Locks;
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Held until dropped, by one page at a time. Where the browser has no Web Locks it holds nothing:
/// uploads are repeatable, so two tabs sending the same take cost bandwidth, never correctness.
pub struct Lock {
    release: Option<Function>,
}

impl Lock {
    /// One upload at a time: waits until no other tab sends.
    pub async fn upload() -> Lock {
        Lock::acquire("sayso-upload").await
    }

    /// One use of the database at a time. Browsers freeze a page that is left instead of ending
    /// it; frozen while it opens the database, it would make all other pages wait for minutes
    /// (w3c/IndexedDB issue 381). A frozen page whose lock somebody wants is ended at once.
    pub async fn database() -> Lock {
        Lock::acquire("sayso-database").await
    }

    async fn acquire(name: &str) -> Lock {
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
            if locks.request(name, held.unchecked_ref()).is_err() {
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
