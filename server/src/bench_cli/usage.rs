//! CPU time and memory of other processes, from Linux' `/proc` (proc(5)).

use std::{fs, io};

/// The kernel counts CPU time for programs in hundredths of a second, on every architecture.
const TICK_MS: u64 = 10;

/// Whose use is measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    server: Option<u32>,
    postmaster: Option<u32>,
}

/// CPU time of one process: its own, and that of its children that have ended.
struct Stat {
    parent: u32,
    own_ms: u64,
    ended_ms: u64,
}

fn stat(pid: u32) -> io::Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may contain anything.
    let fields: Vec<&str> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    let parent = u32::try_from(number(1)).unwrap_or(0);
    Ok(Stat { parent, own_ms: (number(11) + number(12)) * TICK_MS, ended_ms: (number(13) + number(14)) * TICK_MS })
}

impl Usage {
    /// Measures these processes; without any, nothing.
    pub fn of(server: Option<u32>, postmaster: Option<u32>) -> Self {
        Self { server, postmaster }
    }

    /// CPU time of the server so far.
    pub fn server_ms(self) -> io::Result<Option<u64>> {
        self.server.map(|pid| stat(pid).map(|stat| stat.own_ms)).transpose()
    }

    /// CPU time of PostgreSQL so far: the postmaster, its backends, and those that have ended.
    pub fn postgres_ms(self) -> io::Result<Option<u64>> {
        let Some(pid) = self.postmaster else { return Ok(None) };
        let own = stat(pid)?;
        let mut sum_ms = own.own_ms + own.ended_ms;
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(child) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            // One that ends meanwhile is counted by the postmaster the next time.
            sum_ms += stat(child).ok().filter(|stat| stat.parent == pid).map_or(0, |stat| stat.own_ms);
        }
        Ok(Some(sum_ms))
    }

    /// Resident memory of the server, now and at most, in MB.
    pub fn memory_mb(self) -> io::Result<Option<(u64, u64)>> {
        let Some(pid) = self.server else { return Ok(None) };
        let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim_start_matches(':').split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0)
        };
        Ok(Some((field("VmRSS") / 1_024, field("VmHWM") / 1_024)))
    }
}
