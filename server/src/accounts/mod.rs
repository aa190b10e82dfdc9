//! Sign-up, log-in, roles: who people are, and how a request proves it.

pub mod cookies;
pub mod handlers;
pub mod middleware;
mod model;
pub mod page_handlers;
pub mod pages;
mod password;
mod profile;
pub mod profile_handlers;
mod sessions;
mod store;
mod token;

pub use model::{
    AGES, Account, Credentials, Email, GENDERS, Name, NewAccount, Password, Person, Profile, RefreshBody, Tokens,
    is_region,
};

use crate::audit;
use crate::platform::{
    caller::{Caller, Role},
    clock::{DAY_US, SECOND_US, rfc3339},
    db::{DbResult, Tx},
    ids::{PersonId, SessionId, random_token, sha256_hex},
    problem::Problem,
    queue::{self, Job},
    site::Site,
};
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a log-in lasts without being used.
pub const SESSION_US: i64 = 30 * DAY_US;
/// Failed log-ins allowed per address and network within [`FAILURE_WINDOW_US`].
const FAILURES_MAX: i64 = 9;
const FAILURE_WINDOW_US: i64 = 10 * 60 * SECOND_US;
/// How long a page may still present the token before the last: several tabs refresh at once.
const TABS_US: i64 = 10 * SECOND_US;

/// Job: somebody says something else about themselves. Done where it is counted.
#[derive(Serialize, Deserialize)]
pub struct ProfileChanged {
    /// Who.
    pub person: PersonId,
}

impl Job for ProfileChanged {
    const KIND: &'static str = "profile_changed";
}

/// What presenting a refresh token brought.
pub enum Refreshed {
    /// A new pair.
    Tokens(Tokens),
    /// Another tab has just rotated: a new access token, the same cookie.
    Access(Tokens),
}

/// Makes an account: a contributor, or the first administrator with a valid setup token.
///
/// # Errors
/// 422 for bad fields, 409 `email_taken`, 410 `setup_used`.
pub async fn sign_up(site: &Site, new: NewAccount) -> Result<Person, Problem> {
    let email = Email::parse(&new.email)?;
    let name = Name::parse(&new.name)?;
    let password_hash = password::hash(Password::parse_new(new.password)?).await?;
    let mut tx = site.db.begin().await?;
    let now_us = site.now_us();
    let role = match new.setup_token.filter(|token| !token.is_empty()) {
        None => Role::Contributor,
        Some(token) => {
            let known = store::take_setup_token(&mut tx, &sha256_hex(token.as_bytes())).await?;
            if !known || store::count_admins(&mut tx).await? > 0 {
                return Err(Problem::new(
                    StatusCode::GONE,
                    "setup_used",
                    "This link was used before. Log in, or start the server again for a new one if there is no administrator.",
                ));
            }
            store::forget_setup_tokens(&mut tx).await?;
            Role::Admin
        }
    };
    let person = Person {
        id: PersonId::new(),
        email: email.as_str().to_owned(),
        name: name.as_str().to_owned(),
        password_hash,
        role: role.as_str().to_owned(),
    };
    if !store::insert_person(&mut tx, &person, now_us).await? {
        return Err(Problem::conflict("email_taken", "There is an account with this address. Log in instead."));
    }
    if role == Role::Admin {
        audit::note(
            &mut tx,
            now_us,
            Some(person.id),
            "account.first_admin",
            &person.id.to_string(),
            serde_json::json!({}),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(person)
}

/// Checks a password and starts a session. `network` is where the request came from; it is
/// only ever stored as a hash together with the address.
///
/// # Errors
/// 401 `wrong_login` (the same for unknown addresses), 429 `too_many_logins`.
pub async fn log_in(site: &Site, credentials: Credentials, network: &str) -> Result<Tokens, Problem> {
    let wrong = || {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "wrong_login",
            "This address and password do not belong together. Check both.",
        )
    };
    let email = Email::parse(&credentials.email)?;
    let password = Password::parse_given(credentials.password)?;
    let key = sha256_hex(format!("{}\n{network}", email.as_str()).as_bytes());
    let mut tx = site.db.read().await?;
    let (now_us, since_us) = (site.now_us(), site.now_us() - FAILURE_WINDOW_US);
    if let Some((count, window_us)) = store::login_failures(&mut tx, &key, since_us).await?
        && count >= FAILURES_MAX
    {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_logins",
            "Too many failed log-ins. Wait ten minutes and try again.",
        )
        .available_at(window_us + FAILURE_WINDOW_US));
    }
    let person = store::find_by_email(&mut tx, email.as_str()).await?;
    drop(tx);
    let stored = person.as_ref().map(|person| person.password_hash.clone());
    let right = password::matches(password, stored).await?;
    let mut tx = site.db.begin().await?;
    let (Some(person), true) = (person, right) else {
        store::note_login_failure(&mut tx, &key, now_us, since_us).await?;
        tx.commit().await?;
        return Err(wrong());
    };
    store::forget_login_failures(&mut tx, &key).await?;
    let (id, refresh) = (SessionId::new(), random_token());
    store::insert_session(&mut tx, id, person.id, &sha256_hex(refresh.as_bytes()), now_us, now_us + SESSION_US).await?;
    tx.commit().await?;
    tokens(site, id, person.id, person.role(), refresh, now_us)
}

fn tokens(
    site: &Site,
    id: SessionId,
    person: PersonId,
    role: Role,
    refresh: String,
    now_us: i64,
) -> Result<Tokens, Problem> {
    Ok(Tokens {
        access_token: token::issue(&site.secrets, id, now_us).map_err(Problem::internal)?,
        expires_at: rfc3339(now_us + token::ACCESS_US),
        refresh_token: refresh,
        person: person.to_string(),
        role,
    })
}

/// Trades a refresh token for new tokens. A token that was traded before ends the session
/// (OAuth 2.0 Security BCP, RFC 9700 §4.14.2); `from_page` forgives it for a few seconds,
/// because several tabs of one browser share one cookie.
///
/// # Errors
/// 401 `unauthenticated` or `refresh_reused`.
pub async fn refresh(site: &Site, given: &str, from_page: bool) -> Result<Refreshed, Problem> {
    let hash = sha256_hex(given.as_bytes());
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let session = store::find_session_by_refresh(&mut tx, &hash).await?.ok_or_else(Problem::unauthenticated)?;
    if session.ended_us > 0 || session.expires_us <= now_us {
        return Err(Problem::unauthenticated());
    }
    let role = session.role.parse().unwrap_or(Role::Contributor);
    if session.refresh_hash != hash {
        if from_page && now_us - session.rotated_us < TABS_US {
            return tokens(site, session.id, session.person_id, role, String::new(), now_us).map(Refreshed::Access);
        }
        store::end_session(&mut tx, session.id, now_us).await?;
        tx.commit().await?;
        sessions::forget();
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "refresh_reused",
            "This token was used before, so the session was ended. Log in again.",
        ));
    }
    let fresh = random_token();
    store::rotate(&mut tx, session.id, &sha256_hex(fresh.as_bytes()), now_us).await?;
    tx.commit().await?;
    tokens(site, session.id, session.person_id, role, fresh, now_us).map(Refreshed::Tokens)
}

/// Ends a session at once.
///
/// # Errors
/// When the database does not answer.
pub async fn log_out(site: &Site, session: SessionId) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    store::end_session(&mut tx, session, site.now_us()).await?;
    tx.commit().await?;
    sessions::forget();
    Ok(())
}

/// Who presents `access`, if the session still stands.
///
/// # Errors
/// When the database does not answer.
pub async fn identify(site: &Site, access: &str, by_cookie: bool) -> Result<Option<Caller>, Problem> {
    let now_us = site.now_us();
    let Some(id) = token::read(&site.secrets, access, now_us) else { return Ok(None) };
    let session = match sessions::recall(id) {
        Some(session) => session,
        None => {
            let as_of = sessions::as_of();
            let mut tx = site.db.glance().await?;
            let Some(session) = store::find_session(&mut tx, id).await? else { return Ok(None) };
            sessions::remember(session, as_of)
        }
    };
    if session.ended_us != 0 || session.expires_us <= now_us {
        return Ok(None);
    }
    Ok(Some(Caller {
        person: session.person_id,
        session: session.id,
        role: session.role.parse().unwrap_or(Role::Contributor),
        name: session.name.clone(),
        by_cookie,
    }))
}

/// Gives a person a role.
///
/// # Errors
/// 404 for nobody, 409 `last_admin` when no administrator would be left.
pub async fn set_role(site: &Site, actor: PersonId, person: PersonId, role: Role) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    if !store::set_role(&mut tx, person, role.as_str()).await? {
        return Err(Problem::not_found());
    }
    if store::count_admins(&mut tx).await? == 0 {
        return Err(Problem::conflict("last_admin", "Make somebody else an administrator first."));
    }
    let detail = serde_json::json!({ "role": role.as_str() });
    audit::note(&mut tx, site.now_us(), Some(actor), "account.role", &person.to_string(), detail).await?;
    tx.commit().await?;
    sessions::forget();
    Ok(())
}

/// The token of a one-time link for the first administrator, while there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn setup_token(site: &Site) -> DbResult<Option<String>> {
    let mut tx = site.db.begin().await?;
    if store::count_admins(&mut tx).await? > 0 {
        return Ok(None);
    }
    let token = random_token();
    store::insert_setup_token(&mut tx, &sha256_hex(token.as_bytes()), site.now_us()).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Everybody, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx) -> DbResult<Vec<Person>> {
    store::list(tx).await
}

/// A person's name; `None` when there is no such person.
///
/// # Errors
/// When the database does not answer.
pub async fn name(tx: &mut Tx, person: PersonId) -> DbResult<Option<String>> {
    Ok(store::find(tx, person).await?.map(|person| person.name))
}

/// Who has this id or e-mail address.
///
/// # Errors
/// When the database does not answer.
pub async fn named(tx: &mut Tx, text: &str) -> DbResult<Option<PersonId>> {
    let found = match text.parse() {
        Ok(id) => store::find(tx, id).await?,
        Err(_) => store::find_by_email(tx, &text.trim().to_lowercase()).await?,
    };
    Ok(found.map(|person| person.id))
}

/// What a person says about themselves; empty for somebody who says nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn profile(tx: &mut Tx, person: PersonId) -> DbResult<Profile> {
    Ok(store::find_profile(tx, person).await?.unwrap_or_default())
}

/// What everybody who says something says about themselves: for balance and for the audit of bias.
/// Show it only in groups that are large enough.
///
/// # Errors
/// When the database does not answer.
pub async fn profiles(tx: &mut Tx) -> DbResult<BTreeMap<PersonId, Profile>> {
    Ok(store::list_profiles(tx).await?.into_iter().map(|row| (row.person_id, row.profile)).collect())
}

/// Replaces what a person says about themselves; an empty profile leaves nothing stored.
///
/// # Errors
/// 422 for a wrong field.
pub async fn set_profile(site: &Site, person: PersonId, profile: Profile) -> Result<Profile, Problem> {
    let profile = profile.parse()?;
    let mut tx = site.db.begin().await?;
    if profile.is_empty() {
        store::erase_profile(&mut tx, person).await?;
    } else {
        store::put_profile(&mut tx, person, &profile, site.now_us()).await?;
    }
    queue::enqueue(&mut tx, &ProfileChanged { person }, site.now_us()).await?;
    tx.commit().await?;
    site.wake.notify_one();
    Ok(profile)
}
