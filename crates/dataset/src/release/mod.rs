//! What a release is: its version, its files, how it differs from others, what was taken out since.

pub mod checksums;
pub mod diff;
pub mod manifest;
pub mod shards;
pub mod version;
pub mod withdrawals;
