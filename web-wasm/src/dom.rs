//! Small helpers around the document: find, show, listen, wait.

use js_sys::Promise;
use std::pin::Pin;
use wasm_bindgen::{prelude::*, throw_str};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

/// The window.
pub fn window() -> Window {
    web_sys::window().expect("this module is only loaded by pages, never by workers")
}

/// The document.
pub fn document() -> Document {
    window().document().expect("a page's window has a document")
}

/// The element with this id and type, if the page has one.
pub fn get<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The element with this id, if the page has one.
pub fn find(id: &str) -> Option<HtmlElement> {
    get(id)
}

/// The element with this id and type. Without it the page is not the one that we are made for,
/// and a JavaScript error says so.
#[inline(never)]
pub fn must<T: JsCast>(id: &str) -> T {
    get(id).unwrap_or_else(|| throw_str(&format!("this page lacks the element #{id}")))
}

/// The signed-in person's id, from `<body data-person>`.
pub fn person() -> Option<String> {
    let person = document().body()?.get_attribute("data-person")?;
    (!person.is_empty()).then_some(person)
}

/// An attribute's text, empty when absent.
pub fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// Sets an attribute. Fails only for malformed names, and ours are literals.
pub fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).ok();
}

/// Replaces the element's text, unless it already reads so: a live region would speak again.
pub fn say(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Shows or hides an element by its `hidden` attribute.
pub fn show(element: &HtmlElement, visible: bool) {
    element.set_hidden(!visible);
}

/// A new element with text and attributes, appended to `parent`.
pub fn append(parent: &Element, tag: &str, text: &str, attributes: &[(&str, &str)]) -> Element {
    let child = document().create_element(tag).expect("tags are literals");
    child.set_text_content(Some(text));
    for (name, value) in attributes {
        set(&child, name, value);
    }
    parent.append_child(&child).ok();
    child
}

/// Shows some elements by their ids, and hides others.
pub fn show_each(elements: &[(&str, bool)]) {
    for (id, visible) in elements {
        show(&must(id), *visible);
    }
}

/// Replaces the text of the element with this id, as [`say`] does.
pub fn tell(id: &str, text: &str) {
    say(&must::<HtmlElement>(id), text);
}

/// Calls `handler` for every `event` at `target` as long as the page lives.
pub fn on(target: &EventTarget, event: &str, handler: impl FnMut(Event) + 'static) {
    on_boxed(target, event, Box::new(handler));
}

/// One way into JavaScript for all handlers: one for each would be 7 KB of the bundle.
fn on_boxed(target: &EventTarget, event: &str, handler: Box<dyn FnMut(Event)>) {
    let handler = Closure::wrap(handler);
    target.add_event_listener_with_callback(event, handler.as_ref().unchecked_ref()).ok();
    handler.forget();
}

/// Calls `handler` with the id of every button within `root` that is pressed.
pub fn on_press(root: &Element, mut handler: impl FnMut(&str) + 'static) {
    on(root, "click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        if let Some(button) = button.filter(|button| !button.has_attribute("disabled")) {
            handler(&button.id());
        }
    });
}

/// Calls `then` once, after `delay_ms`.
pub fn after(delay_ms: u32, then: impl FnOnce() + 'static) {
    after_boxed(delay_ms, Box::new(then));
}

fn after_boxed(delay_ms: u32, then: Box<dyn FnOnce()>) {
    let then = Closure::once_into_js(then);
    let delay_ms = i32::try_from(delay_ms).unwrap_or(i32::MAX);
    window().set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), delay_ms).ok();
}

/// Runs a future on this page.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(future));
}

fn spawn_boxed(future: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(future);
}

/// Waits.
pub async fn sleep(delay_ms: u32) {
    let promise = Promise::new(&mut |resolve, _| {
        after(delay_ms, move || {
            resolve.call0(&JsValue::UNDEFINED).ok();
        });
    });
    JsFuture::from(promise).await.ok();
}

/// The `name` of a thrown error, such as `NotAllowedError`; empty when it has none.
pub fn error_name(error: &JsValue) -> String {
    property(error, "name").as_string().unwrap_or_default()
}

/// What a thrown error says.
pub fn error_text(error: &JsValue) -> String {
    property(error, "message").as_string().or_else(|| error.as_string()).unwrap_or_else(|| "unknown error".to_owned())
}

/// A text in a JavaScript object.
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    property(object, name).as_string()
}

/// A JavaScript object with these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in properties {
        js_sys::Reflect::set(&object, &JsValue::from_str(name), value).ok();
    }
    object.into()
}

/// A property of a JavaScript object, `undefined` when it cannot be read.
pub fn property(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Moves the focus to the element with this id when whatever had it is gone, so that keyboard and
/// screen-reader users stay where they work (WCAG 2.2, 2.4.3); leaves it alone otherwise.
pub fn keep_focus(id: &str) {
    let lost = document().active_element().is_none_or(|active| {
        active.tag_name() == "BODY" || active.has_attribute("disabled") || active.get_client_rects().length() == 0
    });
    if lost {
        must::<HtmlElement>(id).focus().ok();
    }
}

/// What was remembered in this browser under a name.
pub fn remembered(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Remembers something in this browser; one that keeps nothing forgets it with the page.
pub fn remember(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        storage.set_item(name, value).ok();
    }
}

/// Whether the browser knows of a network.
pub fn is_online() -> bool {
    property(&window().navigator(), "onLine").as_bool() != Some(false)
}

/// Whether the person has asked their system for less motion.
pub fn less_motion() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}

/// An amount for people, such as `€0.05`, in the page's language.
pub fn money(cents: i64, currency: &str) -> String {
    let options = js_sys::Object::new();
    let put = |name: &str, value: &str| js_sys::Reflect::set(&options, &name.into(), &value.into());
    if put("style", "currency").is_err() || put("currency", currency).is_err() {
        return format!("{cents} cents ({currency})");
    }
    let locales = js_sys::Array::new();
    let format = js_sys::Intl::NumberFormat::new(&locales, &options);
    let digits = property(&format.resolved_options(), "maximumFractionDigits");
    let unit = 10f64.powf(digits.as_f64().unwrap_or(2.0));
    let amount = JsValue::from_f64(cents as f64 / unit);
    let text = format.format().call1(&JsValue::UNDEFINED, &amount);
    text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| format!("{cents} cents ({currency})"))
}

/// The local time of day of an RFC 3339 time, as `14:05`.
pub fn clock(time: &str) -> String {
    let time = js_sys::Date::new(&JsValue::from_str(time));
    format!("{:02}:{:02}", time.get_hours(), time.get_minutes())
}
