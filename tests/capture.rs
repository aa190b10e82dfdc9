//! What the microphone hears, what the browser measures and what the server keeps are the same.

use std::fs;

use audio::{Policy, measure, mel, resample::to_16k, wav};
use serde_json::{Value, json};

use crate::helpers::{
    Pair, Scene, TestApp,
    alignment::fidelity,
    browser::{Browser, Setup},
    id, sound,
};

/// Features of samples by the browser's module, and the check of a take.
const MEASURE: &str = "
    const [samples, rate] = arguments;
    const done = arguments[arguments.length - 1];
    (async () => {
        const wasm = await import('/static/pkg/web_wasm.js');
        await wasm.default();
        const sound = Float32Array.from(samples);
        return {
            logmel: Array.from(wasm.features(sound, rate, 'logmel-v1')),
            mfcc: Array.from(wasm.features(sound, rate, 'mfcc-v1')),
            report: wasm.check(sound, rate, '').report,
        };
    })().then(done, (error) => done(`${error}`));";

/// A word at two rates that microphones have, played to the page and fetched back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_played_to_the_microphone_is_what_the_server_keeps() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = Scene::set(&admin, &["Alexa", "Computer"]).await;
    let ann = scene.speaker(&app, "Ann").await;
    for (rate_hz, word) in [(44_100, "Alexa"), (48_000, "Computer")] {
        let said = sound::espeak_at(app.backend.folder(), word, rate_hz);
        let browser = Browser::open(Setup::hearing(&said)).await;
        browser.logs_in(&app.url, "Ann").await;
        browser.opens_the_recorder(&scene).await;
        browser.records_and_sends().await;
        browser.queue_shows(0, 1).await;
        let list = ann.get("/api/v1/recordings").await.expect(200);
        let newest = list.as_array().unwrap().iter().find(|view| view["phrase"] == word).map(id).unwrap();
        let kept = ann.get(&format!("/api/v1/recordings/{newest}/audio")).await;
        let (recorded, recorded_hz) = sound::samples(&kept.body);
        let (played, played_hz) = sound::samples(&fs::read(&said).unwrap());
        assert_eq!(played_hz, rate_hz);
        let found = fidelity((&recorded, recorded_hz), (&played, played_hz));
        println!("{rate_hz} Hz: correlation {:.5}, gain {:+.3} dB", found.correlation, found.gain_db);
        assert!(found.correlation >= 0.999 && found.gain_db.abs() <= 0.1, "{rate_hz} Hz: {found:?}");
        let settings = app.rows("select settings, id from clips order by created_us desc").await.swap_remove(0).0;
        let settings: Value = serde_json::from_str(&settings).unwrap();
        for processing in ["echo_cancellation", "noise_suppression", "auto_gain_control"] {
            assert_eq!(settings[processing], json!(false), "{settings}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_measures_what_the_server_measures() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let browser = Browser::open(Setup { deny_microphone: true, ..Setup::default() }).await;
    browser.goto(&format!("{}/login", app.url)).await;
    let spoken = |word, rate_hz| fs::read(sound::espeak_at(app.backend.folder(), word, rate_hz)).unwrap();
    let files = [
        sound::clean(1),
        sound::clipped(),
        sound::truncated_end(),
        sound::silent(),
        spoken("Hey computer", 16_000),
        spoken("Alexa", 44_100),
        spoken("Stop", 48_000),
        spoken("Marvin", 22_050),
    ];
    let (mut features, mut decibels) = (0.0f64, 0.0f64);
    for file in files {
        let clip = wav::decode(&file, &wav::Limits::default()).unwrap();
        let native = to_16k(&clip.samples, clip.rate_hz);
        let found =
            browser.client.execute_async(MEASURE, vec![json!(clip.samples), json!(clip.rate_hz)]).await.unwrap();
        let of_browser = |name: &str| -> Vec<f32> { serde_json::from_value(found[name].clone()).unwrap() };
        for (name, own) in [("logmel", mel::log_mel(&native)), ("mfcc", mel::mfcc(&native))] {
            let theirs = of_browser(name);
            assert_eq!(theirs.len(), own.values.len());
            let apart = own.values.iter().zip(&theirs).map(|(a, b)| f64::from((a - b).abs()));
            features = apart.fold(features, f64::max);
        }
        let theirs: audio::Report = serde_json::from_str(found["report"].as_str().unwrap()).unwrap();
        let own = measure(&clip, &Policy::default());
        assert_eq!(own.disagreement(&theirs), None);
        for (a, b) in [
            (own.snr_db, theirs.snr_db),
            (own.rms_dbfs, theirs.rms_dbfs),
            (own.noise_floor_dbfs, theirs.noise_floor_dbfs),
        ] {
            decibels = decibels.max((a - b).abs());
        }
    }
    println!("browser against native: features {features:.1e}, decibels {decibels:.1e}");
    assert!(features <= 1e-6 && decibels <= 1e-6, "features {features:e}, decibels {decibels:e}");
}
