//! Every SQL statement of accounts.

use super::model::{Person, Profile, Session};
use crate::platform::{
    db::{DbResult, Tx},
    ids::{PersonId, SessionId},
};

/// A profile with its person.
#[derive(sqlx::FromRow)]
pub struct ProfileRow {
    pub person_id: PersonId,
    #[sqlx(flatten)]
    pub profile: Profile,
}

pub async fn insert_person(tx: &mut Tx, person: &Person, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into people (id, email, name, password_hash, role, created_us)
             values ($1, $2, $3, $4, $5, $6) on conflict (email) do nothing",
            (
                person.id,
                person.email.as_str(),
                person.name.as_str(),
                person.password_hash.as_str(),
                person.role.as_str(),
                now_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find_by_email(tx: &mut Tx, email: &str) -> DbResult<Option<Person>> {
    tx.opt("select id, email, name, password_hash, role from people where email = $1", (email,)).await
}

pub async fn find(tx: &mut Tx, id: PersonId) -> DbResult<Option<Person>> {
    tx.opt("select id, email, name, password_hash, role from people where id = $1", (id,)).await
}

pub async fn list(tx: &mut Tx) -> DbResult<Vec<Person>> {
    tx.all("select id, email, name, password_hash, role from people order by id limit 1000", ()).await
}

pub async fn set_role(tx: &mut Tx, id: PersonId, role: &str) -> DbResult<bool> {
    Ok(tx.exec("update people set role = $2 where id = $1", (id, role)).await? == 1)
}

pub async fn count_admins(tx: &mut Tx) -> DbResult<i64> {
    Ok(tx.one::<(i64,)>("select count(*) from people where role = 'admin'", ()).await?.0)
}

pub async fn insert_session(
    tx: &mut Tx,
    id: SessionId,
    person: PersonId,
    hash: &str,
    now_us: i64,
    expires_us: i64,
) -> DbResult<()> {
    tx.exec(
        "insert into sessions (id, person_id, refresh_hash, previous_hash, rotated_us, expires_us, ended_us, created_us)
         values ($1, $2, $3, '', $4, $5, 0, $4)",
        (id, person, hash, now_us, expires_us),
    )
    .await
    .map(drop)
}

pub async fn find_session(tx: &mut Tx, id: SessionId) -> DbResult<Option<Session>> {
    tx.opt(
        "select s.id, s.person_id, p.name, p.role, s.refresh_hash, s.rotated_us, s.expires_us, s.ended_us
         from sessions s join people p on p.id = s.person_id where s.id = $1",
        (id,),
    )
    .await
}

/// The session that a refresh token belongs or belonged to.
pub async fn find_session_by_refresh(tx: &mut Tx, hash: &str) -> DbResult<Option<Session>> {
    tx.opt(
        "select s.id, s.person_id, p.name, p.role, s.refresh_hash, s.rotated_us, s.expires_us, s.ended_us
         from sessions s join people p on p.id = s.person_id
         where s.refresh_hash = $1 or s.previous_hash = $1 /*pg: for update of s */",
        (hash,),
    )
    .await
}

pub async fn rotate(tx: &mut Tx, id: SessionId, hash: &str, now_us: i64) -> DbResult<()> {
    tx.exec(
        "update sessions set previous_hash = refresh_hash, refresh_hash = $2, rotated_us = $3 where id = $1",
        (id, hash, now_us),
    )
    .await
    .map(drop)
}

pub async fn end_session(tx: &mut Tx, id: SessionId, now_us: i64) -> DbResult<()> {
    tx.exec("update sessions set ended_us = $2 where id = $1 and ended_us = 0", (id, now_us)).await.map(drop)
}

pub async fn insert_setup_token(tx: &mut Tx, hash: &str, now_us: i64) -> DbResult<()> {
    tx.exec("insert into setup_tokens (token_hash, created_us) values ($1, $2)", (hash, now_us)).await.map(drop)
}

pub async fn take_setup_token(tx: &mut Tx, hash: &str) -> DbResult<bool> {
    Ok(tx.exec("delete from setup_tokens where token_hash = $1", (hash,)).await? == 1)
}

pub async fn forget_setup_tokens(tx: &mut Tx) -> DbResult<()> {
    tx.exec("delete from setup_tokens", ()).await.map(drop)
}

/// Failures so far in the window that began after `since_us`.
pub async fn login_failures(tx: &mut Tx, key: &str, since_us: i64) -> DbResult<Option<(i64, i64)>> {
    tx.opt("select count, window_us from login_failures where key = $1 and window_us > $2", (key, since_us)).await
}

pub async fn note_login_failure(tx: &mut Tx, key: &str, now_us: i64, since_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into login_failures (key, count, window_us) values ($1, 1, $2)
         on conflict (key) do update set
           count = case when login_failures.window_us > $3 then login_failures.count + 1 else 1 end,
           window_us = case when login_failures.window_us > $3 then login_failures.window_us else $2 end",
        (key, now_us, since_us),
    )
    .await
    .map(drop)
}

pub async fn forget_login_failures(tx: &mut Tx, key: &str) -> DbResult<()> {
    tx.exec("delete from login_failures where key = $1", (key,)).await.map(drop)
}

pub async fn find_profile(tx: &mut Tx, person: PersonId) -> DbResult<Option<Profile>> {
    tx.opt("select age, gender, accent, first_language, region from profiles where person_id = $1", (person,)).await
}

pub async fn list_profiles(tx: &mut Tx) -> DbResult<Vec<ProfileRow>> {
    tx.all("select person_id, age, gender, accent, first_language, region from profiles order by person_id", ()).await
}

pub async fn put_profile(tx: &mut Tx, person: PersonId, profile: &Profile, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into profiles (person_id, age, gender, accent, first_language, updated_us, region) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (person_id) do update
         set age = $2, gender = $3, accent = $4, first_language = $5, updated_us = $6, region = $7",
        (
            person,
            profile.age.as_deref(),
            profile.gender.as_deref(),
            profile.accent.as_deref(),
            profile.first_language.as_deref(),
            now_us,
            profile.region.as_deref(),
        ),
    )
    .await
    .map(drop)
}

pub async fn erase_profile(tx: &mut Tx, person: PersonId) -> DbResult<()> {
    tx.exec("delete from profiles where person_id = $1", (person,)).await.map(drop)
}
