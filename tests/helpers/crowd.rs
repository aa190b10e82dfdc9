//! Many people at once, who work in the rooms themselves: no request, no password.

use super::{Scene, TestApp};
use sayso::{
    accounts::{self, Profile},
    consent,
    platform::{ids::PersonId, site::Site},
    tasks,
};
use wire::{NextTask, Task};

/// Somebody of the crowd.
#[derive(Clone)]
pub struct Member {
    pub id: PersonId,
    pub gender: Option<&'static str>,
    site: Site,
    batch: String,
}

impl Member {
    /// Makes an account without a password, says something and consents.
    pub async fn joins(app: &TestApp, scene: &Scene, gender: Option<&'static str>) -> Self {
        let (site, id) = (app.site().clone(), PersonId::new());
        let mut tx = site.db.begin().await.unwrap();
        tx.exec(
            "insert into people (id, email, name, password_hash, role, created_us) values ($1, $1, 'Somebody', '', 'contributor', 0)",
            (id,),
        )
        .await
        .unwrap();
        consent::give(&mut tx, id, scene.project.parse().unwrap(), 1, site.now_us()).await.unwrap();
        tx.commit().await.unwrap();
        let member = Self { id, gender, site, batch: scene.record.clone() };
        member.says(gender).await;
        member
    }

    /// Says something else about themselves, or nothing.
    pub async fn says(&self, gender: Option<&str>) {
        let profile = Profile { gender: gender.map(str::to_owned), ..Profile::default() };
        accounts::set_profile(&self.site, self.id, profile).await.unwrap();
    }

    /// Asks for a prompt; the code of the problem when there is none.
    pub async fn asks(&self) -> Result<Task, String> {
        let wish = NextTask { batch: Some(self.batch.clone()), ..NextTask::default() };
        tasks::next(&self.site, self.id, &wish).await.map_err(|problem| problem.code.to_owned())
    }

    /// Has recorded it.
    pub async fn submits(&self, task: &Task) {
        let mut tx = self.site.db.begin().await.unwrap();
        tasks::submit(&mut tx, task.id.parse().unwrap(), self.id, self.site.now_us()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Gives it back.
    pub async fn skips(&self, task: &Task) {
        let mut tx = self.site.db.begin().await.unwrap();
        tasks::skip(&mut tx, task.id.parse().unwrap(), self.id, &wire::SkipBody::default(), self.site.now_us())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Records as many prompts as there are for them, up to a number; how many, and why it ended.
    pub async fn works(&self, most: usize) -> (usize, Option<String>) {
        for done in 0..most {
            match self.asks().await {
                Ok(task) => self.submits(&task).await,
                Err(code) => return (done, Some(code)),
            }
        }
        (most, None)
    }
}
