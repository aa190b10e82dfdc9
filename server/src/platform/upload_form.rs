//! Forms that carry files (RFC 7578): read whole, within a limit, after their token was checked.

use super::{csrf, problem::Problem};
use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode};
use bytes::Bytes;
use futures_util::StreamExt;
use std::{future::Future, pin::Pin};

/// Most bytes of one file.
const FILE_MAX_BYTES: usize = 10 * 1024 * 1024;
/// Most files of one form, and their bytes together: they are held in memory.
const FILES_MAX: usize = 50;
const TOTAL_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Longest token.
const TOKEN_MAX_BYTES: usize = 1024;

/// The files of a form, each with its name; the field `csrf` stands before them.
pub struct SafeFiles(pub Vec<(String, Bytes)>);

impl FromRequest for SafeFiles {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let form = Multipart::from_request(&request, payload);
        Box::pin(async move {
            let mut form = form.await.map_err(broken)?;
            let (mut files, mut trusted, mut left) = (Vec::new(), false, TOTAL_MAX_BYTES);
            while let Some(field) = form.next().await {
                let mut field = field.map_err(broken)?;
                if field.name() == Some("csrf") {
                    let given = whole(&mut field, TOKEN_MAX_BYTES).await?;
                    csrf::form_token(&request, &String::from_utf8_lossy(&given))?;
                    trusted = true;
                    continue;
                }
                if !trusted {
                    csrf::form_token(&request, "")?;
                }
                let name = field.content_disposition().and_then(|about| about.get_filename()).map(str::to_owned);
                let bytes = whole(&mut field, FILE_MAX_BYTES.min(left)).await?;
                left -= bytes.len();
                // A field without a chosen file comes with an empty name.
                if let Some(name) = name.filter(|name| !name.is_empty()) {
                    files.push((name, bytes));
                }
                if files.len() > FILES_MAX {
                    return Err(Problem::invalid("too_many_files", "Send at most 50 files at once."));
                }
            }
            Ok(Self(files))
        })
    }
}

async fn whole(field: &mut Field, most: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = "A file is larger than 10 MiB, or all together than 64 MiB. Send smaller ones, or fewer.";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    };
    field.bytes(most).await.map_err(|_| too_large())?.map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> Problem {
    Problem::invalid("broken_upload", format!("The form did not arrive whole: {error}. Send it again."))
}
