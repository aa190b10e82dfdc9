//! A bad network between browser and server: replies get lost, and at times nothing gets through.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use super::chance::Chance;

/// A proxy that a browser uses instead of the server's own address.
pub struct BadNetwork {
    /// Where the site is reached through it.
    pub url: String,
    state: Arc<State>,
    cut: watch::Sender<u32>,
    proxy: JoinHandle<()>,
}

struct State {
    server: String,
    chance: Mutex<Chance>,
    /// One reply in so many is lost; 0: none.
    one_in: u32,
    down: AtomicBool,
    lost: AtomicU32,
}

impl BadNetwork {
    /// Loses one in `one_in` replies to calls about recordings, by the seed's chance.
    pub async fn before(server_url: &str, seed: u64, one_in: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (cut, _) = watch::channel(0);
        let state = Arc::new(State {
            server: server_url.trim_start_matches("http://").to_owned(),
            chance: Mutex::new(Chance(seed)),
            one_in,
            down: AtomicBool::new(false),
            lost: AtomicU32::new(0),
        });
        let (shared, cuts) = (Arc::clone(&state), cut.clone());
        let proxy = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                if !shared.down.load(Ordering::SeqCst) {
                    tokio::spawn(carry(Arc::clone(&shared), browser, cuts.subscribe()));
                }
            }
        });
        Self { url, state, cut, proxy }
    }

    /// Takes the network away, with everything that is under way, or gives it back.
    pub fn down(&self, down: bool) {
        self.state.down.store(down, Ordering::SeqCst);
        if down {
            self.cut.send_modify(|cuts| *cuts += 1);
        }
    }

    /// How many replies never reached the browser.
    pub fn lost(&self) -> u32 {
        self.state.lost.load(Ordering::SeqCst)
    }
}

impl Drop for BadNetwork {
    fn drop(&mut self) {
        self.proxy.abort();
    }
}

impl State {
    /// Whether the reply to this request gets lost. Pages, scripts and tasks arrive: what must be
    /// safe against loss is the way of a recording.
    fn loses(&self, request: &[u8]) -> bool {
        let recording = request.windows(18).any(|part| part == b" /api/v1/recording" || part == b" /api/v1/uploads/");
        let lost = recording
            && self.one_in > 0
            && self.chance.lock().expect("nobody panics with it").below(u64::from(self.one_in)) == 0;
        self.lost.fetch_add(u32::from(lost), Ordering::SeqCst);
        lost
    }
}

/// Carries one connection until either side ends it, a reply is lost or the network goes down.
async fn carry(state: Arc<State>, mut browser: TcpStream, mut cut: watch::Receiver<u32>) {
    let Ok(mut server) = TcpStream::connect(&state.server).await else { return };
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut loses = false;
    loop {
        tokio::select! {
            read = browser.read(&mut up) => {
                let Some(read) = read.ok().filter(|read| *read > 0) else { return };
                let begins = [&b"GET "[..], b"POST ", b"PUT "].iter().any(|method| up[..read].starts_with(method));
                if begins {
                    // HTTP/1.1 without pipelining: one request at a time on a connection.
                    let line = up[..read].split(|byte| *byte == b'\r').next().unwrap_or_default();
                    loses = state.loses(line);
                }
                if server.write_all(&up[..read]).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Some(read) = read.ok().filter(|read| *read > 0) else { return };
                // The server has answered; the browser will never know.
                if loses { return }
                if browser.write_all(&down[..read]).await.is_err() { return }
            }
            _ = cut.changed() => return,
        }
    }
}
