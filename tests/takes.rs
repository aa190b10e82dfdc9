//! Five hundred takes through a network that loses replies and goes away, in a page that is reloaded: each arrives once.

use std::collections::BTreeSet;

use audio::wav::encode_pcm16;
use sayso::operations::verify::{Subject, verify};
use serde_json::json;

use crate::helpers::{
    Pair, Scene, TestApp,
    browser::{Browser, Setup},
    chance::Chance,
    network::BadNetwork,
    people::sha256_hex,
    until,
};

const TAKES: u32 = 500;
const RATE_HZ: u32 = 16_000;
/// 0.6 s each.
const LENGTH: u32 = 9_600;
/// Leases that one person may hold.
const LEASES: u64 = 3;

/// Leases up to `wanted` tasks, held until their takes are kept; tells how many there are.
const LEASE: &str = "
    const [batch, wanted, kept] = arguments;
    const done = arguments[arguments.length - 1];
    window.leased ??= [];
    const next = () => fetch('/api/v1/tasks/next', {
        method: 'POST',
        headers: {
            'content-type': 'application/json',
            'x-csrf-token': document.querySelector('meta[name=csrf]').content,
        },
        body: JSON.stringify({ batch, held: [...kept, ...window.leased.map((task) => task.id)] }),
    });
    (async () => {
        while (window.leased.length < wanted) {
            const reply = await next();
            if (!reply.ok) break;
            window.leased.push(await reply.json());
        }
    })().catch(() => {}).finally(() => done(window.leased.length));";

/// Keeps a take for each leased task, the first one numbered `from`; noise that its number repeats.
const KEEP: &str = "
    const [from, rate, length] = arguments;
    const done = arguments[arguments.length - 1];
    const noise = (number) => {
        let state = number + 1;
        return Float32Array.from({ length }, () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return ((state >>> 17) - 16384) / 32768;
        });
    };
    (async () => {
        const page = document.querySelector('script[src$=\"record.js\"]').src;
        const wasm = await import(page.replace('record.js', 'pkg/web_wasm.js'));
        await wasm.default();
        const person = document.querySelector('#recorder').dataset.person;
        const kept = [];
        while (window.leased.length > 0) {
            const task = window.leased[0];
            await wasm.keep_take(person, JSON.stringify(task), noise(from + kept.length), rate);
            kept.push(task.id);
            window.leased.shift();
        }
        return kept;
    })().then(done, (error) => done(`${error}`));";

/// The same noise, as the file that must arrive.
fn wav(number: u32) -> Vec<u8> {
    let mut state = number + 1;
    let samples = (0..LENGTH).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 17) as f32 - 16_384.0) / 32_768.0
    });
    encode_pcm16(&samples.collect::<Vec<_>>(), RATE_HZ)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_takes_over_a_bad_network_arrive_once_each() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = Scene::set(&admin, &["Alexa"; TAKES as usize]).await;
    let network = BadNetwork::before(&app.url, 500, 12).await;
    let browser = Browser::open(Setup { deny_microphone: true, ..Setup::default() }).await;
    browser.signs_up(&network.url, "Ann").await;
    browser.agrees_and_opens_the_recorder(&scene).await;

    let mut chance = Chance(500);
    let (mut kept, mut reloads, mut outages): (Vec<String>, u32, u32) = (Vec::new(), 0, 0);
    while kept.len() < TAKES as usize {
        let made = kept.len() as u32;
        // Nothing while its takes are on their way: one person holds a few leases only.
        let wanted = (1 + chance.below(LEASES)).min(u64::from(TAKES - made));
        until(async || {
            let arguments = vec![json!(scene.record), json!(wanted), json!(kept)];
            let leased = browser.client.execute_async(LEASE, arguments).await.unwrap();
            (leased.as_u64()? > 0).then_some(())
        })
        .await;
        let outage = chance.below(6) == 0;
        network.down(outage);
        let done = browser.client.execute_async(KEEP, vec![json!(made), json!(RATE_HZ), json!(LENGTH)]).await.unwrap();
        let done: Vec<String> =
            serde_json::from_value(done.clone()).unwrap_or_else(|_| panic!("a take was not kept: {done}"));
        kept.extend(done);
        if chance.below(15) == 0 {
            reloads += 1;
            browser.client.refresh().await.unwrap();
            browser.find("#recorder[data-person]").await;
        }
        network.down(false);
        if outage {
            outages += 1;
            // As a browser says it when its network is back.
            browser.script("window.dispatchEvent(new Event('online'))", Vec::new()).await;
        }
    }
    browser.client.refresh().await.unwrap();
    until(async || {
        let arrived = app.rows("select id, sha256 from clips where state <> 'declared'").await;
        (arrived.len() >= TAKES as usize).then_some(())
    })
    .await;
    browser.find("#queue[data-waiting='0'][data-refused='0']").await;
    println!("{TAKES} takes, {reloads} reloads, {outages} outages, {} lost replies", network.lost());
    assert!(network.lost() > 50 && reloads > 5 && outages > 20, "the network was too good");

    let arrived = app.rows("select id, sha256 from clips where state <> 'declared'").await;
    let digests: BTreeSet<String> = arrived.iter().map(|(_, digest)| digest.clone()).collect();
    let wanted: BTreeSet<String> = (0..TAKES).map(|number| sha256_hex(&wav(number))).collect();
    assert_eq!((arrived.len(), digests == wanted), (TAKES as usize, true), "a take is missing, changed or doubled");
    let site = app.site();
    let mut tx = site.db.read().await.unwrap();
    let stored = verify(&mut tx, &site.blobs, Subject::Store).await.unwrap();
    assert!(stored.faults.is_empty(), "bytes are missing or changed: {:?}", stored.faults);
}
