//! The one HTTP error: `application/problem+json` (RFC 9457), or an error page for people.
//!
//! Rooms keep small errors of their own and convert them here, at the edge. What a person can
//! act on has a stable code and a sentence; everything else is logged once and stays opaque.

use super::{blobs::BlobError, clock::rfc3339, db::DbError};
use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use wire::{ProblemBody, RowError};

/// How often a request is tried again by itself when two transactions were in each other's way.
pub const TRIES: u32 = 3;

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable, for programs: `lease_expired`.
    pub code: &'static str,
    /// A sentence that tells the person what to do.
    pub detail: String,
    /// When trying again makes sense, UTC microseconds.
    pub available_us: Option<i64>,
    /// Bad rows of an import.
    pub rows: Vec<RowError>,
    /// Why there is nothing, where one code has several reasons.
    pub reason: Option<&'static str>,
    /// Whether two transactions were in each other's way: the same request may succeed at once.
    pub again: bool,
}

impl Problem {
    /// A problem with a status, a code and a sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), available_us: None, rows: Vec::new(), reason: None, again: false }
    }

    /// 422: understood, but not acceptable.
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 404, the same for what does not exist and for what is not the caller's.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here. Check the address.")
    }

    /// 401.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "You are signed out. Log in and try again.")
    }

    /// 403 for a role that is too small.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Your account may not do this. Ask an administrator.")
    }

    /// 409.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 500 for a fault of ours; `cause` goes to the log only.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed on our side. Nothing you sent was lost; try again in a moment.",
        )
    }

    /// Adds when trying again makes sense.
    pub fn available_at(mut self, at_us: i64) -> Self {
        self.available_us = Some(at_us);
        self
    }

    /// Adds why there is nothing.
    pub fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Adds the bad rows of an import.
    pub fn with_rows(mut self, rows: Vec<RowError>) -> Self {
        self.rows = rows;
        self
    }

    /// The JSON body.
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:sayso:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            available_at: self.available_us.map(rfc3339),
            reason: self.reason.map(str::to_owned),
            rows: self.rows.clone(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut reply = HttpResponse::build(self.status);
        reply.content_type("application/problem+json");
        if self.status == StatusCode::UNAUTHORIZED {
            reply.insert_header(("WWW-Authenticate", "Bearer"));
        }
        reply.body(serde_json::to_string(&self.body()).unwrap_or_default())
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        // Serialization failure and deadlock (PostgreSQL, Appendix A), or SQLite's file is locked.
        let code = error.as_database_error().and_then(|cause| cause.code());
        let again = matches!(code.as_deref(), Some("40001" | "40P01"));
        if again || code.as_deref() == Some("5") || matches!(error, DbError::PoolTimedOut | DbError::Io(_)) {
            tracing::warn!(error = %error, "database busy");
            let busy = Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "The site is busy. Nothing was changed; try again in a few seconds.",
            );
            return Self { again, ..busy };
        }
        Self::internal(error)
    }
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        tracing::error!(error = %error, "object store failed");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_unavailable",
            "The file store does not answer. Nothing was changed; try again in a few seconds.",
        )
    }
}
