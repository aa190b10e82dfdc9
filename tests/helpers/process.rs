//! The real program in a process of its own, to be killed in the middle of its work.

use std::{fs, path::PathBuf, time::Duration};

use super::{
    backend::Backend,
    watchdog::{Watchdog, quoted},
};

/// A running `sayso`; dropping it kills it.
pub struct Process {
    pub url: String,
    /// Printed on the first start only.
    pub setup_link: Option<String>,
    printed: PathBuf,
    shell: Option<Watchdog>,
}

impl Process {
    /// Starts `sayso ARGUMENTS…` on these stores and waits until it serves.
    pub async fn start(backend: &Backend, arguments: &[&str]) -> Self {
        let printed = tempfile::Builder::new()
            .prefix("printed-")
            .tempfile_in(backend.folder())
            .unwrap()
            .into_temp_path()
            .keep()
            .unwrap();
        let words: Vec<String> =
            std::iter::once(env!("CARGO_BIN_EXE_sayso")).chain(arguments.iter().copied()).map(quoted).collect();
        let variables = backend.environment();
        let variables: Vec<String> =
            variables.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
        // SIGKILL: what was answered must survive, however the program ends.
        let shell = Watchdog::start(
            &format!("{} {} >{} 2>&1 &", variables.join(" "), words.join(" "), quoted(&printed)),
            "kill -9 $! ; wait $!",
        );
        let mut process = Self { url: String::new(), setup_link: None, printed, shell: Some(shell) };
        process.listens().await;
        process
    }

    async fn listens(&mut self) {
        let http = super::client();
        let mut every = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..600 {
            every.tick().await;
            let printed = self.printed();
            let links: Vec<&str> =
                printed.split_whitespace().filter(|word| word.starts_with("http://127.0.0.1:")).collect();
            if let Some(url) = links.first() {
                let origin: String = url.split('/').take(3).collect::<Vec<_>>().join("/");
                if http.get(format!("{origin}/healthz")).send().await.is_ok() {
                    self.setup_link = links.iter().find(|link| link.contains("token=")).map(|link| link.to_string());
                    self.url = origin;
                    return;
                }
            }
        }
        panic!("sayso does not serve:\n{}", self.printed());
    }

    /// What it has printed so far.
    pub fn printed(&self) -> String {
        fs::read_to_string(&self.printed).unwrap_or_default()
    }

    /// Kills it at once, as the kernel would when memory runs out.
    pub fn kill(mut self) {
        self.shell.take();
    }
}
