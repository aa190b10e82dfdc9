//! What every room stands on: clock, ids, database, blobs, sessions, pages, jobs. It knows
//! nothing about wake words and names no room.

pub mod assets;
pub mod blobs;
pub mod body;
pub mod caller;
pub mod clock;
pub mod csrf;
pub mod db;
pub mod headers;
pub mod ids;
pub mod locks;
pub mod memo;
pub mod memory;
pub mod migrate;
pub mod once;
pub mod page;
pub mod problem;
pub mod queue;
pub mod ranges;
pub mod secrets;
pub mod signed_url;
pub mod site;
pub mod telemetry;
pub mod upload_form;
pub mod worker;
