//! `sayso audio`: reports, features and resampling of files, without a database or a data folder.

mod batch;
mod sink;
mod table;

use audio::descriptors::descriptors;
use audio::mel::{self, Features};
use audio::resample::to_16k;
use audio::wav::Clip;
use audio::{Policy, Report, measure, npy};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use sink::Sink;
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do with the files. WAV and FLAC of any usual rate, depth and number of channels are
/// read, channels mixed to one. Files are handled side by side and answered in the order given;
/// the exit code is 1 when one of them could not be handled.
#[derive(Clone, Debug, Subcommand)]
pub enum AudioCommand {
    /// Print the quality report of each file, as the platform judges it.
    Report {
        /// Recordings.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print an array with `{"file", "report"}` or `{"file", "error"}` for each file.
        #[arg(long)]
        json: bool,
        /// Thresholds as JSON; missing fields have their defaults.
        #[arg(long)]
        policy: Option<PathBuf>,
    },
    /// Write the features of each file at 16 kHz as NumPy arrays of shape [rows, frames].
    Features {
        /// Recordings.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Which features.
        #[arg(long, value_enum, default_value = "logmel")]
        kind: Kind,
        /// A file; for several recordings a folder, where each array has its recording's name.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write each file's samples at 16 kHz (`resample-v1`) as NumPy arrays of one dimension.
    Resample {
        /// Recordings.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A file; for several recordings a folder, where each array has its recording's name.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Features, by their short names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// `logmel-v1`: 40 mel bands in dB.
    Logmel,
    /// `mfcc-v1`: 40 cepstral coefficients.
    Mfcc,
    /// `descriptors-v1`: bands, pitch, periodicity, centroid and roll-off.
    Descriptors,
}

/// Does it; what went wrong stands on stderr.
pub fn run(command: &AudioCommand) -> ExitCode {
    let done = match command {
        AudioCommand::Report { files, json, policy } => report(files, *json, policy.as_deref()),
        AudioCommand::Features { files, kind, out } => arrays(files, out, |clip| features(clip, *kind)),
        AudioCommand::Resample { files, out } => arrays(files, out, |clip| {
            let samples = to_16k(&clip.samples, clip.rate_hz);
            (vec![samples.len()], samples)
        }),
    };
    match done {
        // Nobody reads on: `sayso audio report … | head`.
        Ok(0) | Err(Ended::Unread) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(Ended::Wrong(sentence)) => {
            complain(&sentence);
            ExitCode::FAILURE
        }
    }
}

/// Why the work ended before the last file.
enum Ended {
    /// Whoever read the output has closed it.
    Unread,
    /// What is wrong and what to do.
    Wrong(String),
}

impl From<String> for Ended {
    fn from(sentence: String) -> Ended {
        Ended::Wrong(sentence)
    }
}

/// Says on stderr what is wrong; a closed stderr is nobody to tell.
fn complain(sentence: &str) {
    writeln!(io::stderr(), "sayso: {sentence}").ok();
}

/// Prints a report of each file and says how many could not be read.
fn report(files: &[PathBuf], json: bool, policy: Option<&Path>) -> Result<usize, Ended> {
    let policy = policy.map_or(Ok(Policy::default()), batch::policy)?;
    let work = |file: &Path| batch::decode(file).map(|clip| measure(&clip, &policy));
    let (open, between, close) = if json { ("[\n", ",\n", "\n]\n") } else { ("", "\n", "") };
    let mut printed = 0;
    print(open)?;
    let failed = batch::each(files, work, |file, result| {
        let text = if json { Some(json_entry(file, result)) } else { result.as_ref().ok().map(|r| table::of(file, r)) };
        let Some(text) = text else { return Ok(()) };
        printed += 1;
        print(&format!("{}{text}", if printed > 1 { between } else { "" }))
    })?;
    print(close)?;
    Ok(failed)
}

/// One element of the array that `--json` prints: either the report or why there is none.
#[derive(Serialize)]
struct Entry<'a> {
    file: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a batch::Refused>,
}

fn json_entry(file: &Path, result: &Result<Report, batch::Refused>) -> String {
    let entry = Entry { file: file.to_string_lossy(), report: result.as_ref().ok(), error: result.as_ref().err() };
    serde_json::to_string(&entry).expect("numbers and texts always serialise")
}

/// Writes an array for each file and says how many could not be.
fn arrays(
    files: &[PathBuf],
    out: &Path,
    array: impl Fn(&Clip) -> (Vec<usize>, Vec<f32>) + Sync,
) -> Result<usize, Ended> {
    let sink = Sink::new(files, out)?;
    let work = |file: &Path| {
        let (shape, values) = array(&batch::decode(file)?);
        sink.write(file, &npy::encode(&shape, &values))?;
        Ok(shape)
    };
    batch::each(files, work, |file, result| match result {
        Ok(shape) => print(&format!("{} {shape:?}\n", sink.path(file).display())),
        Err(_) => Ok(()),
    })
}

fn features(clip: &Clip, kind: Kind) -> (Vec<usize>, Vec<f32>) {
    let samples = to_16k(&clip.samples, clip.rate_hz);
    let Features { rows, frames, values, .. } = match kind {
        Kind::Logmel => mel::log_mel(&samples),
        Kind::Mfcc => mel::mfcc(&samples),
        Kind::Descriptors => descriptors(&samples).features,
    };
    (vec![rows, frames], values)
}

fn print(text: &str) -> Result<(), Ended> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ended::Unread,
        _ => Ended::Wrong(format!("The result could not be printed: {error}. Make room or print it elsewhere.")),
    })
}
