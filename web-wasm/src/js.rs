//! Browser interfaces that `web-sys` still counts as unstable, declared by hand.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase`, with the third argument of `transaction` (Indexed Database API 3.0 §4.4):
    /// without `durability: "strict"` Chromium reports success before the disk has the bytes.
    #[wasm_bindgen(extends = web_sys::IdbDatabase)]
    pub type Database;

    /// Opens a transaction over `stores`; `mode` is `readonly` or `readwrite`.
    #[wasm_bindgen(method, catch)]
    pub fn transaction(
        this: &Database,
        stores: &JsValue,
        mode: &str,
        options: &JsValue,
    ) -> Result<web_sys::IdbTransaction, JsValue>;

    /// `LockManager` (Web Locks API §3).
    pub type Locks;

    /// Calls `granted` once the lock is free and holds it until the promise returned is settled.
    #[wasm_bindgen(method, catch)]
    pub fn request(this: &Locks, name: &str, granted: &Function) -> Result<Promise, JsValue>;

    /// `StorageManager` (Storage Standard §7).
    pub type Storage;

    /// Asks the browser not to throw away what is kept here when its disk runs full.
    #[wasm_bindgen(method, catch)]
    pub fn persist(this: &Storage) -> Result<Promise, JsValue>;
}
