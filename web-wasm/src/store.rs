//! Takes kept in this browser (IndexedDB) until the server has acknowledged them.
//!
//! Three object stores: `takes` holds small JSON texts and `wavs` the bytes, so that listing the
//! queue does not load any audio; `prompts` holds what may be recorded next. The database is
//! opened for every operation: that costs a millisecond and survives Safari closing connections
//! by itself.

use crate::dom;
use crate::js::Database;
use crate::lock::Lock;
use crate::take::Take;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

const DATABASE: &str = "sayso";
const VERSION: u32 = 2;
const TAKES: &str = "takes";
const WAVS: &str = "wavs";
const PROMPTS: &str = "prompts";

/// Why this browser could not keep or read takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError(String);

impl StoreError {
    /// What happened and what to do.
    pub fn sentence(&self) -> &str {
        &self.0
    }
}

/// Keeps a take in place of its prompt. It is on disk when this returns.
///
/// # Errors
/// When the browser keeps nothing (some private windows) or has no room left.
pub async fn add(take: &Take, wav: &Uint8Array) -> Result<(), StoreError> {
    let (key, text) = (JsValue::from_str(&take.id), JsValue::from_str(&take.write()));
    write(&|open| {
        open(TAKES)?.put_with_key(&text, &key)?;
        open(WAVS)?.put_with_key(wav, &key)?;
        open(PROMPTS)?.delete(&JsValue::from_str(&take.task))?;
        Ok(())
    })
    .await
}

/// Replaces what is known about a take; its bytes stay.
///
/// # Errors
/// As [`add`].
pub async fn update(take: &Take) -> Result<(), StoreError> {
    put(TAKES, &take.id, &take.write()).await
}

/// Forgets a take and its bytes.
///
/// # Errors
/// As [`add`].
pub async fn delete(id: &str) -> Result<(), StoreError> {
    let key = JsValue::from_str(id);
    write(&|open| {
        open(TAKES)?.delete(&key)?;
        open(WAVS)?.delete(&key)?;
        Ok(())
    })
    .await
}

/// Keeps the text of a prompt under its task's id.
///
/// # Errors
/// As [`add`].
pub async fn keep_prompt(task: &str, text: &str) -> Result<(), StoreError> {
    put(PROMPTS, task, text).await
}

/// Forgets a prompt.
///
/// # Errors
/// As [`add`].
pub async fn forget_prompt(task: &str) -> Result<(), StoreError> {
    write(&|open| open(PROMPTS)?.delete(&JsValue::from_str(task)).map(|_| ())).await
}

/// The texts of all prompts, whoever they are for.
///
/// # Errors
/// As [`add`].
pub async fn prompts() -> Result<Vec<String>, StoreError> {
    texts(PROMPTS).await
}

/// This person's takes, oldest first.
///
/// # Errors
/// As [`add`].
pub async fn list(person: &str) -> Result<Vec<Take>, StoreError> {
    let mut takes: Vec<Take> = Vec::new();
    for text in texts(TAKES).await? {
        let Some(take) = Take::read(&text).filter(|take| take.person == person) else { continue };
        let place = takes.partition_point(|earlier| earlier.created_ms <= take.created_ms);
        takes.insert(place, take);
    }
    Ok(takes)
}

/// A take's WAV file; `None` when another tab has sent and deleted it.
///
/// # Errors
/// As [`add`].
pub async fn wav(id: &str) -> Result<Option<Uint8Array>, StoreError> {
    let found = read(WAVS, &|store| store.get(&JsValue::from_str(id))).await?;
    Ok(found.dyn_into().ok())
}

async fn texts(store: &str) -> Result<Vec<String>, StoreError> {
    let all = read(store, &|store| store.get_all()).await?;
    Ok(Array::from(&all).iter().filter_map(|text| text.as_string()).collect())
}

async fn put(store: &str, key: &str, text: &str) -> Result<(), StoreError> {
    let (key, text) = (JsValue::from_str(key), JsValue::from_str(text));
    write(&|open| open(store)?.put_with_key(&text, &key).map(|_| ())).await
}

type Step<T> = Result<T, JsValue>;
/// Opens an object store of a transaction.
type Open<'a> = &'a dyn Fn(&str) -> Step<IdbObjectStore>;

async fn write(change: &dyn Fn(Open) -> Step<()>) -> Result<(), StoreError> {
    let _lock = Lock::database().await;
    let database = open().await.map_err(explain)?;
    let done = async {
        let transaction = begin(&database, "readwrite")?;
        if let Err(error) = change(&|store| transaction.object_store(store)) {
            transaction.abort().ok();
            return Err(error);
        }
        committed(&transaction).await
    };
    let done = done.await.map_err(explain);
    database.close();
    done
}

async fn read(store: &str, ask: &dyn Fn(&IdbObjectStore) -> Step<IdbRequest>) -> Result<JsValue, StoreError> {
    let _lock = Lock::database().await;
    let database = open().await.map_err(explain)?;
    let found = async {
        let transaction = begin(&database, "readonly")?;
        let request = ask(&transaction.object_store(store)?)?;
        result(&request).await
    };
    let found = found.await.map_err(explain);
    database.close();
    found
}

async fn open() -> Step<Database> {
    let factory = dom::window().indexed_db()?;
    let factory = factory.ok_or_else(|| JsValue::from_str("it has no database"))?;
    let request: IdbOpenDbRequest = factory.open_with_u32(DATABASE, VERSION)?;
    let upgrading = request.clone();
    let upgrade = Closure::<dyn FnMut()>::new(move || {
        if let Ok(database) = upgrading.result() {
            let database: Database = database.unchecked_into();
            for store in [TAKES, WAVS, PROMPTS] {
                // One that an earlier version has made stays as it is.
                database.create_object_store(store).ok();
            }
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    Ok(result(&request).await?.unchecked_into())
}

fn begin(database: &Database, mode: &str) -> Step<IdbTransaction> {
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let stores = Array::of3(&TAKES.into(), &WAVS.into(), &PROMPTS.into());
    database.transaction(&stores, mode, &options)
}

/// Waits for a request's result.
async fn result(request: &IdbRequest) -> Step<JsValue> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    if JsFuture::from(settled).await.is_err() {
        let error = request.error().ok().flatten();
        return Err(error.map_or(JsValue::UNDEFINED, JsValue::from));
    }
    request.result()
}

/// Waits until a transaction is on disk.
async fn committed(transaction: &IdbTransaction) -> Step<()> {
    let settled = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    if JsFuture::from(settled).await.is_err() {
        let error = transaction.error();
        return Err(error.map_or(JsValue::UNDEFINED, JsValue::from));
    }
    Ok(())
}

fn explain(error: JsValue) -> StoreError {
    StoreError(match dom::error_name(&error).as_str() {
        "QuotaExceededError" => {
            "This browser has no room left for takes. Download this one to be safe, wait until other takes \
             are sent or free some space, then press Send again."
                .to_owned()
        }
        "InvalidStateError" | "SecurityError" => {
            "This browser window does not let us keep takes. Use a normal, not a private, window.".to_owned()
        }
        _ => format!("This browser could not keep the take: {}.", dom::error_text(&error)),
    })
}
