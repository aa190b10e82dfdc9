//! chromedriver itself: a command that WebDriver does not know, and requests without a runtime.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::Value;
use url::Url;

use super::browser::PATIENCE;

/// A command that only Chromium's driver knows.
#[derive(Debug)]
pub struct Chromium {
    /// Below `/session/{id}/`.
    pub path: &'static str,
    pub body: Value,
}

impl WebDriverCompatibleCommand for Chromium {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// Waits until chromedriver answers.
pub async fn answers(port: u16) {
    let mut every = tokio::time::interval(Duration::from_millis(20));
    let ready = async {
        while !http(port, "GET /status").is_some_and(|reply| reply.contains("\"ready\":true")) {
            every.tick().await;
        }
    };
    let ready = tokio::time::timeout(PATIENCE, ready).await;
    ready.expect("chromedriver answers: `apt-get install chromium chromium-driver`");
}

/// One small request without a runtime: `Drop` has none.
pub fn http(port: u16, line: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    // chromedriver keeps the connection open: its reply ends where it says that it does.
    let mut reply = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        reply.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&reply).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length: usize = head.split_once("content-length:")?.1.lines().next()?.trim().parse().ok()?;
        if body.len() >= length {
            return Some(body.to_owned());
        }
    }
}
