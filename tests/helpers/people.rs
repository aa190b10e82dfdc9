//! People as the tests speak of them: they sign in, ask for tasks, record and judge over HTTP.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub email: String,
    pub password: String,
    /// Access token for `Authorization: Bearer`.
    pub token: String,
    pub refresh_token: String,
    url: String,
    http: Client,
}

/// What came back, read to the end.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The stable code of a problem; empty when it is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The JSON of a reply that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// A refusal that must have this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text());
        self.json()
    }
}

impl Person {
    /// Makes an account and signs in. With the setup token: the first administrator.
    pub async fn sign_up(url: &str, http: &Client, name: &str, setup_token: Option<&str>) -> Self {
        let person = Self::named(url, http, name);
        let (email, password) = (&person.email, &person.password);
        let new = json!({ "email": email, "password": password, "name": name, "setup_token": setup_token });
        let account = Reply::of(http.post(format!("{url}/api/v1/accounts")).json(&new)).await.expect(201);
        let id = account["id"].as_str().expect("an account has an id").to_owned();
        Self { id, ..person }.signed_in().await
    }

    /// Somebody whose account was made elsewhere, such as in a browser.
    pub async fn known(url: &str, http: &Client, name: &str) -> Self {
        let person = Self::named(url, http, name).signed_in().await;
        let me = person.get("/api/v1/me").await.expect(200);
        Self { id: me["id"].as_str().expect("a person has an id").to_owned(), ..person }
    }

    /// Nobody yet: the name gives the credentials.
    pub fn named(url: &str, http: &Client, name: &str) -> Self {
        Self {
            id: String::new(),
            name: name.into(),
            email: format!("{}@example.org", name.to_lowercase().replace(' ', ".")),
            password: format!("a long password of {name}"),
            token: String::new(),
            refresh_token: String::new(),
            url: url.into(),
            http: http.clone(),
        }
    }

    /// The same person with a new session.
    pub async fn signed_in(self) -> Self {
        let credentials = json!({ "email": self.email, "password": self.password });
        let session = self.anonymous(Method::POST, "/api/v1/sessions").json(&credentials);
        let session = Reply::of(session).await.expect(200);
        let text = |field: &str| session[field].as_str().unwrap_or_default().to_owned();
        Self { token: text("access_token"), refresh_token: text("refresh_token"), ..self }
    }

    /// The same person with a new session, after a long time.
    pub async fn signed_in_again(&self) -> Self {
        self.clone().signed_in().await
    }

    /// The same person presenting another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.into(), ..self.clone() }
    }

    /// The same person at another server of the same site.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.into(), ..self.clone() }
    }

    fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.http.request(method, url)
    }

    /// A request of this person, for what has no helper here.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    /// Posts a file, such as an import's CSV.
    pub async fn post_file(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        let request = self.request(Method::POST, path).header("content-type", content_type);
        Reply::of(request.body(body.into())).await
    }

    /// Sends bytes to a signed URL, as a browser does: without the bearer token.
    pub async fn put_bytes(&self, url: &str, headers: &Value, bytes: &[u8]) -> Reply {
        let headers: BTreeMap<String, String> = serde_json::from_value(headers.clone()).unwrap_or_default();
        let mut request = self.anonymous(Method::PUT, url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        Reply::of(request.body(bytes.to_vec())).await
    }

    /// Agrees to the project's current text.
    pub async fn consents(&self, project: &str) {
        let path = format!("/api/v1/projects/{project}/consent");
        let version = self.get(&path).await.expect(200)["version"].clone();
        self.post(&path, json!({ "version": version })).await.expect(201);
    }

    /// Asks for the next task of a batch.
    pub async fn next_task(&self, batch: &str) -> Reply {
        self.post("/api/v1/tasks/next", json!({ "batch": batch })).await
    }

    /// What a take is announced with; change a field to announce something else.
    pub fn declaration(&self, task: &Value, wav: &[u8]) -> Value {
        json!({
            "id": Uuid::now_v7(),
            "task": task["id"],
            "sha256": sha256_hex(wav),
            "size_bytes": wav.len(),
            "content_type": "audio/wav",
        })
    }

    /// Declares, uploads and completes a take; gives the recording's view.
    pub async fn records(&self, task: &Value, wav: &[u8]) -> Value {
        let declared = self.post("/api/v1/recordings", self.declaration(task, wav)).await.expect(201);
        let upload = &declared["upload"];
        let sent = self.put_bytes(upload["url"].as_str().unwrap(), &upload["headers"], wav).await;
        assert!(matches!(sent.status, 200 | 204), "{}: {}", sent.status, sent.text());
        let id = declared["id"].as_str().unwrap();
        self.post(&format!("/api/v1/recordings/{id}/complete"), json!({})).await.expect(202)
    }

    /// Answers a judging task.
    pub async fn answers(&self, task: &Value, label: &str, reason: Option<&str>) -> Reply {
        let path = format!("/api/v1/tasks/{}/answer", task["id"].as_str().unwrap());
        let mut body = json!({ "label": label, "duration_ms": 2_500 });
        if let Some(reason) = reason {
            body["reason"] = reason.into();
        }
        self.post(&path, body).await
    }
}

/// Lower-case hexadecimal SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
