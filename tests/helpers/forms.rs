//! A browser as the server sees it: requests with cookies, forms with their token, redirects shown.

use super::{Person, Reply, TestApp};
use reqwest::Client;

/// Somebody who looks at pages and sends their forms.
pub struct Visitor {
    http: Client,
    url: String,
}

impl Visitor {
    pub fn anonymous(app: &TestApp) -> Self {
        let builder = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        Self { http: builder.no_proxy().build().unwrap(), url: app.url.clone() }
    }

    /// Logs in with the form.
    pub async fn signed_in(app: &TestApp, person: &Person) -> Self {
        let visitor = Self::anonymous(app);
        let form = [("csrf", ""), ("next", "/tasks"), ("email", &person.email), ("password", &person.password)];
        let reply = Reply::of(visitor.http.post(format!("{}/login", app.url)).form(&form)).await;
        assert_eq!(
            (reply.status, reply.headers["location"].as_bytes()),
            (303, b"/tasks".as_slice()),
            "{}",
            reply.text()
        );
        visitor
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.http.get(format!("{}{path}", self.url))).await
    }

    /// Sends a form as a page of the site would, with the token that the pages carry.
    pub async fn submits(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let page = self.get("/tasks").await.text();
        let token = page.split("name=\"csrf\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
        let mut form = vec![("csrf", token.expect("a page carries the token"))];
        form.extend_from_slice(fields);
        Reply::of(self.http.post(format!("{}{path}", self.url)).form(&form)).await
    }
}
