//! Byte ranges (RFC 9110 §14): players seek, and downloads resume.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ByteRangeSpec, Header},
};
use bytes::Bytes;
use std::ops::Range;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All bytes.
    Whole,
    /// One stretch.
    Part(Range<u64>),
    /// A stretch that lies outside.
    Outside,
}

/// The range that a request asks for. Requests for several ranges get the whole, as RFC 9110
/// §14.2 allows.
pub fn wanted(request: &HttpRequest, length: u64) -> Wanted {
    let Ok(header::Range::Bytes(specs)) = header::Range::parse(request) else { return Wanted::Whole };
    let [spec] = specs.as_slice() else { return Wanted::Whole };
    if matches!(spec, ByteRangeSpec::Last(0)) {
        return Wanted::Outside;
    }
    spec.to_satisfiable_range(length).map_or(Wanted::Outside, |(first, last)| Wanted::Part(first..last + 1))
}

/// 416 with the length that would be possible.
pub fn unsatisfiable(length: u64) -> HttpResponse {
    HttpResponse::RangeNotSatisfiable().insert_header((header::CONTENT_RANGE, format!("bytes */{length}"))).finish()
}

/// Bytes at hand, whole or the range that was asked for.
pub fn reply(request: &HttpRequest, bytes: Bytes, content_type: &str) -> HttpResponse {
    let length = bytes.len() as u64;
    match wanted(request, length) {
        Wanted::Outside => unsatisfiable(length),
        Wanted::Whole => {
            HttpResponse::Ok().insert_header((header::ACCEPT_RANGES, "bytes")).content_type(content_type).body(bytes)
        }
        Wanted::Part(range) => {
            let part = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            let body = part.map(|(start, end)| bytes.slice(start..end)).unwrap_or_default();
            HttpResponse::PartialContent()
                .insert_header((header::ACCEPT_RANGES, "bytes"))
                .insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{length}", range.start, range.end - 1)))
                .content_type(content_type)
                .body(body)
        }
    }
}
