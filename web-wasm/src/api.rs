//! The server's HTTP API, typed: `wire` in, `wire` out.

use crate::task::Task;
use crate::{dom, json};
use js_sys::{JSON, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Document, DomParser, Element, Headers, RequestInit, Response, SupportedType};
use wire::{AnswerBody, NextTask, ReportBody, SkipBody, SkipCode};

/// A JSON call that takes longer has failed: a bar that never ends helps nobody.
const CALL_TIMEOUT_MS: u32 = 20_000;
/// A clip of some megabytes over a slow phone network.
const BYTES_TIMEOUT_MS: u32 = 120_000;

/// What matters to us of a `wire::ProblemBody`.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    /// The status in words.
    pub title: String,
    /// What to do.
    pub detail: String,
    /// When trying again makes sense, RFC 3339.
    pub available_at: Option<String>,
}

/// Why a call gave no result.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// No reply: no network, no server, or too slow.
    NoConnection,
    /// The server said no. A reply that is not `application/problem+json`, from a proxy or an
    /// object store, has the code `http_<status>`.
    Problem(Problem),
}

impl ApiError {
    /// What to tell the person.
    pub fn sentence(&self) -> String {
        match self {
            ApiError::NoConnection => "No connection to the server.".to_owned(),
            ApiError::Problem(problem) if problem.detail.is_empty() => problem.title.clone(),
            ApiError::Problem(problem) => problem.detail.clone(),
        }
    }

    /// The stable code; `no_connection` without a reply.
    pub fn code(&self) -> &str {
        match self {
            ApiError::NoConnection => "no_connection",
            ApiError::Problem(problem) => &problem.code,
        }
    }

    /// Whether the session has ended and the person must log in again.
    pub fn signed_out(&self) -> bool {
        matches!(self, ApiError::Problem(problem) if problem.status == 401)
    }
}

/// Asks for the next task.
///
/// # Errors
/// `no_task`, `exposure_limit`, `consent_required`, and what every call can say.
pub async fn next_task(body: &NextTask) -> Result<Task, ApiError> {
    let response = call("POST", "/api/v1/tasks/next", Some(&json::write(body))).await?;
    Task::of(read(&response).await?).ok_or_else(|| unreadable(&response))
}

/// Holds a task longer; until when, RFC 3339.
///
/// # Errors
/// `lease_expired`, `renewals_used_up`, and what every call can say.
pub async fn renew(task: &str) -> Result<String, ApiError> {
    let response = call("POST", &format!("/api/v1/tasks/{task}/renew"), None).await?;
    dom::text(&read(&response).await?, "expires_at").ok_or_else(|| unreadable(&response))
}

/// Gives a task back, and says why.
///
/// # Errors
/// As every call.
pub async fn skip(task: &str, code: SkipCode) -> Result<(), ApiError> {
    let path = format!("/api/v1/tasks/{task}/skip");
    let why = SkipBody { code: Some(code), reason: String::new() };
    call("POST", &path, Some(&json::write(&why))).await?;
    Ok(())
}

/// Says that a task is more upsetting than it says, and gives it back.
///
/// # Errors
/// As every call.
pub async fn report(task: &str, body: &ReportBody) -> Result<(), ApiError> {
    call("POST", &format!("/api/v1/tasks/{task}/report"), Some(&json::write(body))).await?;
    Ok(())
}

/// Says that a task upset the person: nothing sensitive comes for a day.
///
/// # Errors
/// As every call.
pub async fn distress(task: &str) -> Result<(), ApiError> {
    call("POST", &format!("/api/v1/tasks/{task}/distress"), None).await?;
    Ok(())
}

/// Answers a judging task; what it pays, in words. Repeating it changes nothing.
///
/// # Errors
/// As every call.
pub async fn answer(task: &str, body: &AnswerBody) -> Result<String, ApiError> {
    let response = call("POST", &format!("/api/v1/tasks/{task}/answer"), Some(&json::write(body))).await?;
    let receipt = read(&response).await?;
    match (dom::property(&receipt, "pay_cents").as_f64(), dom::text(&receipt, "currency")) {
        (Some(pay_cents), Some(currency)) => Ok(dom::money(pay_cents as i64, &currency)),
        _ => Err(unreadable(&response)),
    }
}

/// The WAV file to judge.
///
/// # Errors
/// As every call.
pub async fn clip(url: &str) -> Result<Clip, ApiError> {
    let response = fetch(url, &request("GET", BYTES_TIMEOUT_MS)).await?;
    let gain = response.headers().get("x-gain-db").ok().flatten();
    let gain_db = gain.map_or(0.0, |text| js_sys::Number::parse_float(&text));
    let body = response.array_buffer().map_err(no_connection)?;
    let body = JsFuture::from(body).await.map_err(no_connection)?;
    Ok(Clip { wav: Uint8Array::new(&body), gain_db })
}

/// A clip to judge.
#[derive(Clone)]
pub struct Clip {
    /// The whole file.
    pub wav: Uint8Array,
    /// What brings it to the loudness that all clips which may upset are played with.
    pub gain_db: f64,
}

/// Where a take's bytes go: what matters to us of a `wire::Upload`.
pub struct Destination {
    method: String,
    url: String,
    headers: Headers,
}

/// Announces a take by the JSON of its `wire::Declaration`; says where its bytes are to be put,
/// unless they are there. Repeating it changes nothing.
///
/// # Errors
/// `idempotency_mismatch`, `foreign_task`, `lease_expired`, and what every call can say.
pub async fn declare(declaration: &str) -> Result<Option<Destination>, ApiError> {
    let response = call("POST", "/api/v1/recordings", Some(declaration)).await?;
    let view = read(&response).await?;
    let upload = dom::property(&view, "upload");
    if upload.is_undefined() {
        return Ok(None);
    }
    let text = |name: &str| dom::text(&upload, name).ok_or_else(|| unreadable(&response));
    let headers = dom::property(&upload, "headers").unchecked_into();
    let headers = Headers::new_with_record_from_str_to_str(&headers).map_err(|_| unreadable(&response))?;
    Ok(Some(Destination { method: text("method")?, url: text("url")?, headers }))
}

/// Sends a take's bytes where its declaration said. Repeating it changes nothing.
///
/// # Errors
/// `url_expired`, `digest_mismatch`, `too_large`, `wrong_type`, and what every call can say.
pub async fn put(upload: &Destination, wav: &Uint8Array) -> Result<(), ApiError> {
    let options = request(&upload.method, BYTES_TIMEOUT_MS);
    options.set_headers(&upload.headers);
    options.set_body(wav);
    match fetch(&upload.url, &options).await {
        // An object store that refuses to overwrite: an earlier try got through.
        Err(ApiError::Problem(problem)) if problem.code == "http_412" => Ok(()),
        // Object stores answer an expired signature with 403 and XML (S3 API, `AccessDenied`).
        Err(ApiError::Problem(mut problem)) if problem.code == "http_403" => {
            "url_expired".clone_into(&mut problem.code);
            Err(ApiError::Problem(problem))
        }
        other => other.map(|_| ()),
    }
}

/// Says that the bytes are there. Repeating it changes nothing.
///
/// # Errors
/// `not_uploaded`, `digest_mismatch`, `size_mismatch`, and what every call can say.
pub async fn complete(recording: &str) -> Result<(), ApiError> {
    call("POST", &format!("/api/v1/recordings/{recording}/complete"), None).await?;
    Ok(())
}

/// A call; once more with a new token if the page's is of an earlier session, as that of a copy
/// that was kept for offline use.
async fn call(method: &str, path: &str, body: Option<&str>) -> Result<Response, ApiError> {
    match try_call(method, path, body).await {
        Err(ApiError::Problem(problem)) if problem.status == 403 && problem.code == "csrf" => {
            renew_token().await?;
            try_call(method, path, body).await
        }
        other => other,
    }
}

async fn try_call(method: &str, path: &str, body: Option<&str>) -> Result<Response, ApiError> {
    let options = request(method, CALL_TIMEOUT_MS);
    let headers = Headers::new().map_err(no_connection)?;
    headers.set("accept", "application/json").ok();
    if let Some(token) = csrf_token() {
        headers.set("x-csrf-token", &token).ok();
    }
    if let Some(body) = body {
        headers.set("content-type", "application/json").ok();
        options.set_body(&JsValue::from_str(body));
    }
    options.set_headers(&headers);
    fetch(path, &options).await
}

fn request(method: &str, timeout_ms: u32) -> RequestInit {
    let options = RequestInit::new();
    options.set_method(method);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(timeout_ms)));
    options
}

/// The reply if its status is 2xx.
async fn fetch(url: &str, options: &RequestInit) -> Result<Response, ApiError> {
    let promise = dom::window().fetch_with_str_and_init(url, options);
    let response = JsFuture::from(promise).await.map_err(no_connection)?;
    let response: Response = response.unchecked_into();
    if response.ok() {
        return Ok(response);
    }
    let text = text(&response).await.unwrap_or_default();
    let problem = problem(&text).unwrap_or_else(|| unspoken(&response));
    Err(ApiError::Problem(problem))
}

/// The JSON of a reply, parsed.
async fn read(response: &Response) -> Result<JsValue, ApiError> {
    JSON::parse(&text(response).await?).map_err(|_| unreadable(response))
}

/// The problem that a JSON text describes.
fn problem(text: &str) -> Option<Problem> {
    let object = JSON::parse(text).ok()?;
    Some(Problem {
        status: dom::property(&object, "status").as_f64()? as u16,
        code: dom::text(&object, "code")?,
        title: dom::text(&object, "title")?,
        detail: dom::text(&object, "detail")?,
        available_at: dom::text(&object, "available_at"),
    })
}

async fn text(response: &Response) -> Result<String, ApiError> {
    let text = response.text().map_err(no_connection)?;
    let text = JsFuture::from(text).await.map_err(no_connection)?;
    text.as_string().ok_or(ApiError::NoConnection)
}

/// A problem for a reply whose body is not one.
fn unspoken(response: &Response) -> Problem {
    let status = response.status();
    Problem {
        title: format!("The server answered {status} {}", response.status_text()),
        status,
        code: format!("http_{status}"),
        detail: String::new(),
        available_at: None,
    }
}

/// An error for a good reply that says something else than it should.
fn unreadable(response: &Response) -> ApiError {
    ApiError::Problem(Problem {
        code: "bad_reply".to_owned(),
        detail: "The server's reply could not be read. Reload the page.".to_owned(),
        ..unspoken(response)
    })
}

/// Fetch throws for a lost network, a timeout and a cut-off body alike.
fn no_connection<E>(_: E) -> ApiError {
    ApiError::NoConnection
}

fn token_element(page: &Document) -> Option<Element> {
    page.query_selector("meta[name=csrf]").ok()?
}

fn csrf_token() -> Option<String> {
    token_element(&dom::document())?.get_attribute("content")
}

/// Takes the token from this page as the server gives it now; for the same person only.
async fn renew_token() -> Result<(), ApiError> {
    let address = dom::window().location().href().map_err(no_connection)?;
    let response = fetch(&address, &request("GET", CALL_TIMEOUT_MS)).await?;
    let page = text(&response).await?;
    let page = DomParser::new().and_then(|parser| parser.parse_from_string(&page, SupportedType::TextHtml));
    let page = page.map_err(|_| unreadable(&response))?;
    let person = page.body().and_then(|body| body.get_attribute("data-person"));
    if person.is_none() || person != dom::person() {
        let problem = Problem { status: 401, code: "unauthenticated".to_owned(), ..unspoken(&response) };
        return Err(ApiError::Problem(problem));
    }
    let token = token_element(&page).and_then(|element| element.get_attribute("content"));
    if let (Some(element), Some(token)) = (token_element(&dom::document()), token) {
        dom::set(&element, "content", &token);
    }
    Ok(())
}
