//! What a batch teaches before its work: instructions, training with feedback, qualification, and the way back.
//!
//! An attempt is a list of questions, drawn when it begins. Each is opened (that counts as exposure
//! when it is sensitive), then answered once. The first attempt of a person is paid at the site's
//! floor, part by part, pass or fail; further ones are the same without pay.

pub mod admin_handlers;
mod attempt;
mod describe;
mod grants;
pub mod handlers;
pub mod items;
mod lesson;
mod model;
pub mod page_handlers;
pub mod pages;
mod rules;
pub mod sounds;
mod store;

pub use attempt::{answer, begin, next};
pub use describe::{set, view};
pub use grants::grant;
pub use lesson::{lesson, offers};
pub use model::{ItemRow, Lesson, Part, Settings, Stage};

use crate::platform::db::{DbResult, Tx};

/// Every object that a row promises: owner and digest.
///
/// # Errors
/// When the database does not answer.
pub async fn objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    store::list_objects(tx).await
}
