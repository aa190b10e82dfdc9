//! Answers that are not categories: numbers, spans, boxes, masks, transcripts.

pub mod boxes;
pub mod masks;
pub mod numbers;
pub mod regions;
pub mod spans;
pub mod transcripts;
pub mod words;
