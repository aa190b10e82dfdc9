//! The browser bundle: small enough for a phone's network, and only what the server embeds.

use std::io::Write;

use crate::helpers::{Pair, TestApp};

/// What the whole module may weigh, as it travels.
const MODULE_MAX_BYTES: usize = 100_000;
/// And the script around it.
const SCRIPT_MAX_BYTES: usize = 10_000;

/// The size after Brotli at its best, as servers compress static files.
fn compressed(bytes: &[u8]) -> usize {
    let mut small = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut small, 64 * 1024, 11, 22);
    writer.write_all(bytes).unwrap();
    writer.flush().unwrap();
    drop(writer);
    small.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bundle_stays_small() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    for (name, kind, most) in [
        ("web_wasm_bg.wasm", "application/wasm", MODULE_MAX_BYTES),
        ("web_wasm.js", "text/javascript; charset=utf-8", SCRIPT_MAX_BYTES),
    ] {
        let reply = app.get(&format!("/static/pkg/{name}")).await;
        assert_eq!((reply.status, reply.headers["content-type"].to_str().unwrap()), (200, kind));
        let size = compressed(&reply.body);
        assert!(size <= most, "{name} has {size} bytes after Brotli, {most} are allowed");
    }
    let home = std::env::var("HOME").unwrap();
    let module = app.get("/static/pkg/web_wasm_bg.wasm").await.body;
    let leaks = module.windows(home.len()).any(|part| part == home.as_bytes());
    assert!(!leaks, "the module tells where it was built: {home}");
}
