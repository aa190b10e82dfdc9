//! Who may have the bytes of a release: terms of use, an administrator's word, signed links, and how
//! much at a time.

use super::model::{Gate, Release};
use super::store::{self, access};
use crate::audit;
use crate::batches::ProjectId;
use crate::platform::{
    caller::{Caller, Role},
    clock::HOUR_US,
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    secrets::same,
    site::Site,
};
use actix_web::{HttpRequest, http::StatusCode};
use dataset::anonymity::Access;
use dataset::release::version::Version;
use serde::{Deserialize, Serialize};

/// The day of the terms in force; a change of [`TERMS`] takes a new day, and everybody accepts anew.
pub const TERMS_DATED: &str = "2026-11-01";

/// What everybody accepts before they download.
pub const TERMS: [&str; 5] = [
    "I will use the release only as its licence and its data card allow.",
    "I will not try to find out who the speakers and annotators are, nor use a voice to identify or imitate a person.",
    "I will look at the withdrawal feed before each use, and delete withdrawn clips within 30 days of their appearance there.",
    "I will not offer copies to others, but point them to this page, so that withdrawals reach them too.",
    "I know that each download is noted with my name, the day and the file.",
];

/// Requests for bytes that one person may make in an hour: a release of a thousand clips, file by
/// file, and a hundred broken-off downloads.
pub const DOWNLOADS_PER_HOUR: i64 = 2_000;

/// How long a signed link works.
pub const LINK_LIVES_US: i64 = 24 * HOUR_US;

/// What an address of bytes may say behind the question mark.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Selection {
    /// Only the recordings of this split, with tables and documents.
    #[serde(default)]
    pub split: String,
    /// Only the recordings of this phrase, with tables and documents.
    #[serde(default)]
    pub phrase: String,
    /// Whose link it is.
    #[serde(default)]
    pub who: String,
    /// Until when the link works, UTC microseconds.
    #[serde(default)]
    pub until_us: i64,
    /// The link's signature.
    #[serde(default)]
    pub signature: String,
}

/// A signed link.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkView {
    /// Absolute; works without an account, for this file only.
    pub url: String,
    /// Until when.
    pub expires_at: String,
}

impl Selection {
    fn message(&self, release: &Release, path: &str) -> String {
        let Self { split, phrase, who, until_us, .. } = self;
        format!("GET\n{}\n{path}\n{split}\n{phrase}\n{who}\n{until_us}", release.id)
    }

    /// The same for a person, with a signature.
    pub fn signed(self, site: &Site, release: &Release, path: &str, who: PersonId) -> Self {
        let mut signed = Self { who: who.to_string(), until_us: site.now_us() + LINK_LIVES_US, ..self };
        signed.signature = site.secrets.mac_hex("download", signed.message(release, path).as_bytes());
        signed
    }

    /// As it stands in an address.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("split", &self.split), ("phrase", &self.phrase)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("who", &self.who).append_pair("until_us", &self.until_us.to_string());
        query.append_pair("signature", &self.signature).finish()
    }
}

/// Who asks for bytes: whose link it is, or who is signed in.
///
/// # Errors
/// 401, 403 `link_expired` or `forbidden`.
pub fn asker(
    site: &Site,
    request: &HttpRequest,
    release: &Release,
    path: &str,
    at: &Selection,
) -> Result<PersonId, Problem> {
    if at.signature.is_empty() {
        return Ok(Caller::with(request, Role::Researcher)?.person);
    }
    let expected = site.secrets.mac_hex("download", at.message(release, path).as_bytes());
    if !same(&expected, &at.signature) || at.until_us < site.now_us() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "link_expired",
            "This link has run out or was changed. Log in and ask for a new one on the release's page.",
        ));
    }
    at.who.parse().map_err(|_| Problem::not_found())
}

/// What stands between a person and a release.
///
/// # Errors
/// When the database does not answer.
pub async fn gate(tx: &mut Tx, release: &Release, person: PersonId, admin: bool) -> DbResult<Gate> {
    let project = release.project_id;
    if release.options().access == Access::Contract && !admin {
        match access::find_grant(tx, project, person).await?.as_ref().map(|(state,)| state.as_str()) {
            Some("granted") => {}
            Some("asked") => return Ok(Gate::Waits),
            Some(_) => return Ok(Gate::Refused),
            None => return Ok(Gate::Ask),
        }
    }
    let accepted = access::find_terms(tx, person, project, TERMS_DATED).await?.is_some();
    Ok(if accepted { Gate::Open } else { Gate::Terms })
}

/// Lets a person have bytes of a release and notes it, or says what to do first.
///
/// # Errors
/// 403 `terms_not_accepted` or `not_granted`, 409 `not_ready`, 410 `superseded`, 429
/// `too_many_downloads`.
pub async fn admit(site: &Site, release: &Release, person: PersonId, admin: bool, path: &str) -> Result<(), Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    match gate(&mut tx, release, person, admin).await? {
        Gate::Open => {}
        Gate::Terms => {
            let detail = "Read and accept the terms of use on the release's page first.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "terms_not_accepted", detail));
        }
        Gate::Ask | Gate::Waits | Gate::Refused => {
            let detail = "This release is given on request only. Ask for it on its page; an administrator decides.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "not_granted", detail));
        }
    }
    if superseded(&mut tx, release).await? {
        let detail = "People took clips of this version back. Take the newest version, which omits them.";
        return Err(Problem::new(StatusCode::GONE, "superseded", detail));
    }
    let (count, first) = access::count_downloads(&mut tx, person, now_us - HOUR_US).await?;
    if count >= DOWNLOADS_PER_HOUR {
        let detail = "That were many downloads in one hour. Go on a little later; whole archives count once.";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_downloads", detail);
        return Err(problem.available_at(first.unwrap_or(now_us) + HOUR_US));
    }
    access::insert_download(&mut tx, release.id, person, path, now_us).await?;
    let detail = serde_json::json!({ "path": path });
    audit::note(&mut tx, now_us, Some(person), "release.download", &release.id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// Whether clips of a release were taken back and a newer one omits them.
async fn superseded(tx: &mut Tx, release: &Release) -> DbResult<bool> {
    if access::count_withdrawn(tx, release.id).await? == 0 {
        return Ok(false);
    }
    let version = |release: &Release| release.version.parse::<Version>().ok();
    let releases = store::list_of(tx, release.project_id).await?;
    Ok(releases.iter().any(|other| other.state == "ready" && version(other) > version(release)))
}

/// Notes that a person accepts the terms of that day.
///
/// # Errors
/// 409 `terms_changed` when other terms are in force.
pub async fn accept(site: &Site, project: ProjectId, person: PersonId, dated: &str) -> Result<(), Problem> {
    if dated != TERMS_DATED {
        let detail = "The terms have changed since you opened them. Read the new ones and accept again.";
        return Err(Problem::conflict("terms_changed", detail));
    }
    let mut tx = site.db.begin().await?;
    if access::accept_terms(&mut tx, person, project, dated, site.now_us()).await? {
        let detail = serde_json::json!({ "dated": dated });
        audit::note(&mut tx, site.now_us(), Some(person), "release.terms", &project.to_string(), detail).await?;
    }
    Ok(tx.commit().await?)
}

/// Asks for a project's releases under contract.
///
/// # Errors
/// When the database refuses.
pub async fn ask(site: &Site, project: ProjectId, person: PersonId) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    access::ask(&mut tx, project, person, site.now_us()).await?;
    let detail = serde_json::json!({});
    audit::note(&mut tx, site.now_us(), Some(person), "release.ask", &project.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// Grants or refuses a person a project's releases.
///
/// # Errors
/// 422 `invalid_state`.
pub async fn decide(
    site: &Site,
    admin: PersonId,
    project: ProjectId,
    person: PersonId,
    state: &str,
) -> Result<(), Problem> {
    if !matches!(state, "granted" | "refused") {
        return Err(Problem::invalid("invalid_state", "Say granted or refused."));
    }
    let mut tx = site.db.begin().await?;
    access::set_grant(&mut tx, project, person, state, admin, site.now_us()).await?;
    let detail = serde_json::json!({ "person": person, "state": state });
    audit::note(&mut tx, site.now_us(), Some(admin), "release.grant", &project.to_string(), detail).await?;
    Ok(tx.commit().await?)
}
