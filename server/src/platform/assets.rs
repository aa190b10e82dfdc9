//! Static files and the browser bundle, embedded in the binary.
//!
//! Pages name them as `/static/v-<version>/…`: one version for all of them, made from their
//! contents, so that a page never runs with the scripts of another version, and a browser may
//! keep them for ever. The same files without the version are there for programs.

use super::{ids::hex, problem::Problem};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../static"]
struct Static;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/pkg"]
struct Bundle;

/// The version of all files together.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let bundle = Bundle::iter().map(|name| format!("pkg/{name}"));
    let mut names: Vec<String> = Static::iter().map(String::from).chain(bundle).collect();
    names.sort_unstable();
    let mut digest = Sha256::new();
    for name in names {
        let contents = find(&name).map(|file| file.metadata.sha256_hash());
        digest.update(name.as_bytes());
        digest.update(contents.unwrap_or_default());
    }
    hex(&digest.finalize()[..8])
});

fn find(path: &str) -> Option<EmbeddedFile> {
    match path.strip_prefix("pkg/") {
        Some(name) => Bundle::get(name),
        None => Static::get(path),
    }
}

/// The address of a static file, for pages.
pub fn url(path: &str) -> String {
    format!("/static/v-{}/{path}", *VERSION)
}

/// The path without its version, and whether it had one. `None` for another version: its files
/// are gone, and those of this one would not fit.
fn unversioned(path: &str) -> Option<(&str, bool)> {
    match path.strip_prefix("v-").and_then(|rest| rest.split_once('/')) {
        None => Some((path, false)),
        Some((version, path)) => (version == *VERSION).then_some((path, true)),
    }
}

/// `GET /static/{path}`: a file with its type and an entity tag.
///
/// # Errors
/// 404 when there is no such file.
pub async fn file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (path, versioned) = unversioned(&path).ok_or_else(Problem::not_found)?;
    let file = find(path).ok_or_else(Problem::not_found)?;
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut reply = if known == Some(tag.as_str()) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // Without a version in its address, a file is asked for again each time.
    let keep = if versioned { "public, max-age=31536000, immutable" } else { "no-cache" };
    reply.insert_header((header::ETAG, tag.clone())).insert_header((header::CACHE_CONTROL, keep));
    if known == Some(tag.as_str()) {
        return Ok(reply.finish());
    }
    // A worklet with a wrong type is refused by browsers without a clear message.
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        _ => file.metadata.mimetype(),
    };
    Ok(reply.content_type(kind).body(file.data.into_owned()))
}

/// `GET /sw.js`: the service worker, which must stand at the root to reach the pages. It names
/// its version, so that browsers see a new one when any file has changed.
///
/// # Errors
/// 404 when the file is missing, which a test would notice.
pub async fn service_worker() -> Result<HttpResponse, Problem> {
    let file = find("sw.js").ok_or_else(Problem::not_found)?;
    let script = String::from_utf8_lossy(&file.data).replace("{{version}}", &VERSION);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("text/javascript; charset=utf-8")
        .body(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_another_version_are_gone() {
        let address = url("app.css");
        let path = address.strip_prefix("/static/").unwrap();
        assert_eq!(unversioned(path), Some(("app.css", true)));
        assert_eq!(unversioned("pkg/web_wasm.js"), Some(("pkg/web_wasm.js", false)));
        assert_eq!(unversioned("v-0123456789abcdef/app.css"), None);
    }
}
