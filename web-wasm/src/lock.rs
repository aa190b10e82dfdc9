//! Locks that all tabs of this browser respect (Web Locks API).

use crate::dom;
use crate::js::Locks;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Held until dropped. Where the browser has no Web Locks it holds nothing: uploads are
/// repeatable, so two tabs sending the same take cost bandwidth, never correctness.
pub struct Lock {
    release: Option<Function>,
}

impl Lock {
    /// One upload at a time: waits until no other tab sends.
    pub async fn upload() -> Lock {
        Lock::acquire("sayso-upload", "exclusive").await
    }

    /// Held by any number of pages while they use the database: a page that is left meanwhile is
    /// then dropped, not frozen in the browser's back/forward cache with the database in its
    /// hands, where it would make every other page wait (w3c/IndexedDB issue 381).
    pub async fn database() -> Lock {
        Lock::acquire("sayso-database", "shared").await
    }

    async fn acquire(name: &str, mode: &str) -> Lock {
        let locks = dom::property(&dom::window().navigator(), "locks");
        if locks.is_undefined() {
            return Lock { release: None };
        }
        let locks: Locks = locks.unchecked_into();
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &mode.into()).ok();
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
            if locks.request(name, &options, held.unchecked_ref()).is_err() {
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
