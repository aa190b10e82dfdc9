//! Static files and the browser bundle, embedded in the binary.

use super::{ids::hex, problem::Problem};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../static"]
struct Static;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/pkg"]
struct Bundle;

fn find(path: &str) -> Option<EmbeddedFile> {
    match path.strip_prefix("pkg/") {
        Some(name) => Bundle::get(name),
        None => Static::get(path),
    }
}

/// `GET /static/{path}`: a file with its type and an entity tag.
///
/// # Errors
/// 404 when there is no such file.
pub async fn file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let file = find(&path).ok_or_else(Problem::not_found)?;
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut reply = if known == Some(tag.as_str()) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // Revalidated each time: a new version of the site must not run with old scripts.
    reply.insert_header((header::ETAG, tag.clone())).insert_header((header::CACHE_CONTROL, "no-cache"));
    if known == Some(tag.as_str()) {
        return Ok(reply.finish());
    }
    // A worklet with a wrong type is refused by browsers without a clear message.
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        _ => file.metadata.mimetype(),
    };
    Ok(reply.content_type(kind).body(file.data.into_owned()))
}
