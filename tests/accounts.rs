//! Sign-up, log-in, roles, sessions, and forms that only our own pages may send.

use crate::{helpers::forms::Visitor, on_both_pairs};
use serde_json::json;

on_both_pairs! {
    async fn whoever_signs_up_is_a_contributor_and_a_bad_field_is_explained(app: TestApp) {
        let ann = app.person("Ann").await;
        let me = ann.get("/api/v1/me").await.expect(200);
        assert_eq!((me["email"].as_str(), me["role"].as_str()), (Some("ann@example.org"), Some("contributor")));
        for (email, password, name, code) in [
            ("ann@example.org", "another long password", "Ann", "email_taken"),
            ("ann", "another long password", "Ann", "invalid_email"),
            ("bob@example.org", "1234567", "Bob", "weak_password"),
            ("bob@example.org", "Password1", "Bob", "weak_password"),
            ("bob@example.org", "another long password", " ", "invalid_name"),
        ] {
            let new = json!({ "email": email, "password": password, "name": name });
            let reply = ann.post("/api/v1/accounts", new).await;
            assert_eq!(reply.code(), code, "{email} {name}");
            assert!(reply.json()["detail"].as_str().is_some_and(|detail| detail.ends_with('.')));
        }
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same_and_guessing_ends(app: TestApp) {
        let ann = app.person("Ann").await;
        let wrong = |email: &str| json!({ "email": email, "password": "not the password" });
        let known = ann.post("/api/v1/sessions", wrong("ann@example.org")).await.refused(401, "wrong_login");
        let unknown = ann.post("/api/v1/sessions", wrong("nobody@example.org")).await.refused(401, "wrong_login");
        assert_eq!(known, unknown);
        for _ in 0..8 {
            ann.post("/api/v1/sessions", wrong("ann@example.org")).await;
        }
        let stopped = ann.post("/api/v1/sessions", wrong("ann@example.org")).await.refused(429, "too_many_logins");
        assert!(stopped["available_at"].is_string());
        app.clock.advance_us(11 * 60 * 1_000_000);
        ann.signed_in().await;
    }

    async fn a_refresh_token_works_once_and_its_reuse_ends_the_session(app: TestApp) {
        let ann = app.person("Ann").await;
        let use_it = async |token: &str| ann.post("/api/v1/sessions/refresh", json!({ "refresh_token": token })).await;
        let second = use_it(&ann.refresh_token).await.expect(200);
        let second = second["refresh_token"].as_str().unwrap().to_owned();
        use_it(&ann.refresh_token).await.refused(401, "refresh_reused");
        use_it(&second).await.refused(401, "unauthenticated");
        ann.get("/api/v1/me").await.refused(401, "unauthenticated");
    }

    async fn log_out_and_a_lowered_role_count_at_once(app: TestApp) {
        let admin = app.admin().await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        rita.get("/api/v1/verdicts/contested").await.expect(200);
        admin.put(&format!("/api/v1/people/{}/role", rita.id), json!({ "role": "contributor" })).await.expect(204);
        rita.get("/api/v1/verdicts/contested").await.refused(403, "forbidden");
        rita.delete("/api/v1/sessions/current").await.expect(204);
        rita.get("/api/v1/me").await.refused(401, "unauthenticated");
    }

    async fn an_access_token_ends_after_a_quarter_of_an_hour_and_no_other_is_taken(app: TestApp) {
        let ann = app.person("Ann").await;
        for token in ["", "nonsense", ann.refresh_token.as_str(), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."] {
            ann.with_token(token).get("/api/v1/me").await.refused(401, "unauthenticated");
        }
        app.clock.advance_us(16 * 60 * 1_000_000);
        ann.get("/api/v1/me").await.refused(401, "unauthenticated");
    }

    async fn the_first_link_makes_one_administrator_and_the_last_one_stays(app: TestApp) {
        let admin = app.admin().await;
        let again = json!({ "email": "eve@example.org", "password": "a long password", "name": "Eve", "setup_token": "0".repeat(64) });
        admin.post("/api/v1/accounts", again).await.refused(410, "setup_used");
        let demote = json!({ "role": "contributor" });
        admin.put(&format!("/api/v1/people/{}/role", admin.id), demote).await.refused(409, "last_admin");
        let ann = app.person("Ann").await;
        ann.put(&format!("/api/v1/people/{}/role", ann.id), json!({ "role": "admin" })).await.refused(403, "forbidden");
    }

    async fn a_form_or_call_that_another_site_makes_a_browser_send_is_refused(app: TestApp) {
        let ann = app.person("Ann").await;
        let form = [("email", ann.email.as_str()), ("password", ann.password.as_str())];
        let login = app.http.post(format!("{}/login", app.url)).form(&form).send().await.unwrap();
        assert_eq!(login.status().as_u16(), 303);
        let cookies: Vec<String> = login.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        assert!(cookies.iter().all(|cookie| cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")), "{cookies:?}");
        let cookie = cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ");
        let post = |path: &str| app.http.post(format!("{}{path}", app.url)).header("cookie", &cookie);
        let without = post("/api/v1/tasks/next").json(&json!({})).send().await.unwrap();
        assert_eq!(without.status().as_u16(), 403);
        let page = app.http.get(format!("{}/tasks", app.url)).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
        let token = page.split("name=\"csrf\" content=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let with = post("/api/v1/tasks/next").header("x-csrf-token", &token).json(&json!({})).send().await.unwrap();
        assert_eq!(with.status().as_u16(), 404, "no task, but allowed");
        let foreign = post("/logout").header("origin", "https://evil.example").form(&[("csrf", &token)]).send().await.unwrap();
        assert_eq!(foreign.status().as_u16(), 403);
    }

    async fn a_profile_is_voluntary_kept_as_common_voice_spells_it_and_emptied_at_will(app: TestApp) {
        let (ann, ben) = (app.person("Ann").await, app.person("Ben").await);
        let empty = json!({ "age": null, "gender": null, "accent": null, "first_language": null, "region": null });
        assert_eq!(ann.get("/api/v1/me/profile").await.expect(200), empty);
        let said = json!({ "age": "fourties", "gender": "female_feminine", "accent": "  Highland   Scots ", "first_language": "Gaelic" });
        let stored = ann.put("/api/v1/me/profile", said).await.expect(200);
        assert_eq!(stored["accent"], "Highland Scots");
        assert_eq!(ann.get("/api/v1/me/profile").await.expect(200), stored);
        assert_eq!(ben.get("/api/v1/me/profile").await.expect(200), empty, "a profile is its person's");
        for (field, value) in [("age", "forty"), ("gender", "f"), ("accent", "x".repeat(101).as_str()), ("first_language", "a\u{0}b")] {
            let reply = ann.put("/api/v1/me/profile", json!({ field: value })).await;
            reply.refused(422, &format!("invalid_{field}"));
        }
        assert_eq!(ann.get("/api/v1/me/profile").await.expect(200), stored, "a wrong profile changes nothing");
        assert_eq!(ann.put("/api/v1/me/profile", json!({ "accent": "Scots" })).await.expect(200)["age"], json!(null));
        ann.put("/api/v1/me/profile", json!({})).await.expect(200);
        assert_eq!(app.rows("select person_id, accent from profiles").await, [], "nothing is left of an empty profile");
        app.get("/api/v1/me/profile").await.refused(401, "unauthenticated");
    }

    async fn the_page_about_you_keeps_what_was_typed_and_erases_all(app: TestApp) {
        let ann = app.person("Ann").await;
        let visitor = Visitor::signed_in(&app, &ann).await;
        let form = [("age", "sixties"), ("gender", ""), ("accent", "Irish"), ("first_language", "German")];
        assert_eq!(visitor.submits("/profile", &form).await.status, 303);
        let page = visitor.get("/profile").await.text();
        for shown in ["value=\"sixties\" selected", "value=\"Irish\"", "value=\"German\"", "at least 11 people"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let long = "x".repeat(101);
        let wrong = visitor.submits("/profile", &[("age", "teens"), ("accent", &long)]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains(&long) && wrong.text().contains("aria-invalid"), "{}", wrong.text());
        assert_eq!(ann.get("/api/v1/me/profile").await.expect(200)["first_language"], "de");
        assert_eq!(visitor.submits("/profile", &[("accent", "Irish"), ("erase", "1")]).await.status, 303);
        assert_eq!(app.rows("select person_id, accent from profiles").await, []);
    }
}
