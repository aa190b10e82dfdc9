//! Processor time of this process, where the system tells it.

use std::{fs, time::Instant};

/// A stopwatch for processor seconds of all threads; wall seconds where there is no /proc.
pub struct Stopwatch {
    start: Instant,
    busy: Option<u64>,
}

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self { start: Instant::now(), busy: busy_ns() }
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        match (self.busy, busy_ns()) {
            (Some(before), Some(after)) => after.saturating_sub(before) as f64 / 1e9,
            _ => self.start.elapsed().as_secs_f64(),
        }
    }
}

/// Nanoseconds on a processor, over the threads that live.
fn busy_ns() -> Option<u64> {
    let tasks = fs::read_dir("/proc/self/task").ok()?;
    let of = |path: std::path::PathBuf| fs::read_to_string(path).ok()?.split(' ').next()?.parse::<u64>().ok();
    Some(tasks.filter_map(|task| of(task.ok()?.path().join("schedstat"))).sum())
}
