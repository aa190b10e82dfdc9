//! Writes the files that fuzzing starts from: `cargo run -p audio --example fuzz_seeds -- FOLDER`.

#[path = "../tests/support/flac.rs"]
mod flac;

use std::fs;
use std::path::PathBuf;

use audio::synth::{Voice, scene, speech};
use audio::wav::encode_pcm16;
use audio::{fingerprint, npy};
use flac::Subframe;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: fuzz_seeds FOLDER")?);
    let take = scene(&speech(1, "hey", &Voice::default(), 16_000), 100, 100, -50.0, 1, 16_000);
    let short = &take[1_600..4_000];
    let whole: Vec<i32> = short.iter().map(|x| (x * 32_768.0) as i32).collect();
    let fine: Vec<i32> = short.iter().map(|x| (x * 8_388_608.0) as i32).collect();
    let files = [
        ("wav", encode_pcm16(short, 16_000)),
        ("wav_silent", encode_pcm16(&[0.0; 100], 48_000)),
        ("flac_mono", flac::encode(&[&whole], 16_000, 16, 512, Subframe::Verbatim)),
        ("flac_stereo", flac::encode(&[&fine, &fine], 48_000, 24, 512, Subframe::Verbatim)),
        ("flac_constant", flac::encode(&[&whole], 44_100, 16, 64, Subframe::Constant)),
        ("npy", npy::encode(&[2, 3], &[0.5; 6])),
        ("fingerprint", fingerprint::fingerprint(&take).to_string().into_bytes()),
    ];
    let decode = folder.join("decode");
    fs::create_dir_all(&decode)?;
    for (name, bytes) in files {
        fs::write(decode.join(name), bytes)?;
    }
    // `arbitrary` takes what has no length of its own from the end of the bytes, a list from the
    // front: sound in both places.
    let sound = encode_pcm16(&take, 16_000);
    for target in ["report", "wav_report"] {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("speech"), &sound)?;
        fs::write(folder.join("zeros"), vec![0; 8_000])?;
        fs::write(folder.join("full_scale"), [0xFF, 0x7F].repeat(4_000))?;
    }
    Ok(())
}
