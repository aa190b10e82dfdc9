//! Every SQL statement of consents.

use super::model::{ConsentId, Event, ProjectId, Text};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn find_text(tx: &mut Tx, project: ProjectId) -> DbResult<Option<Text>> {
    tx.opt(
        "select project_id, version, title, body, sha256 from consent_texts where project_id = $1
         order by version desc limit 1",
        (project,),
    )
    .await
}

pub async fn insert_text(tx: &mut Tx, text: &Text, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into consent_texts (project_id, version, title, body, sha256, created_us) values ($1, $2, $3, $4, $5, $6)",
        (text.project_id, text.version, text.title.as_str(), text.body.as_str(), text.sha256.as_str(), now_us),
    )
    .await
    .map(drop)
}

pub async fn latest(tx: &mut Tx, person: PersonId, project: ProjectId) -> DbResult<Option<Event>> {
    tx.opt(
        "select person_id, version, given, at_us from consents where person_id = $1 and project_id = $2
         order by id desc limit 1",
        (person, project),
    )
    .await
}

/// The latest event of every person who ever answered.
pub async fn list_latest(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Event>> {
    tx.all(
        "select c.person_id, c.version, c.given, c.at_us from consents c
         where c.project_id = $1 and c.id = (select max(l.id) from consents l
                                             where l.person_id = c.person_id and l.project_id = c.project_id)",
        (project,),
    )
    .await
}

pub async fn insert(tx: &mut Tx, project: ProjectId, event: &Event) -> DbResult<()> {
    tx.exec(
        "insert into consents (id, person_id, project_id, version, given, at_us) values ($1, $2, $3, $4, $5, $6)",
        (ConsentId::new(), event.person_id, project, event.version, event.given, event.at_us),
    )
    .await
    .map(drop)
}
