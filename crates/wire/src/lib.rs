//! The JSON spoken between browser and server: one type per message, shared by both sides.
//!
//! Times are RFC 3339 strings in UTC, money is integer minor units with a currency code, and
//! ids are UUIDs written in lower case. With the feature `openapi` every type also describes
//! itself for `/api/openapi.json`.

pub mod answer;
pub mod exposure;
pub mod problem;
pub mod recording;
pub mod task;

pub use answer::{AnswerBody, AnswerReceipt, Label, Reason};
pub use exposure::{Category, ReportBody};
pub use problem::{ProblemBody, RowError};
pub use recording::{CaptureSettings, Declaration, RecordingState, RecordingView, Upload};
pub use task::{Kind, NextTask, Renewal, SkipBody, SkipCode, Task, Tasks};
