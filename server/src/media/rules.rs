//! Is a recording usable, and in which words is it refused? Pure decisions.

use super::model::Outcome;
use audio::{Fault, Report};

/// Decides from what the server measured, and what the client said it had measured.
pub fn decide(server: &Report, client: Option<&Report>) -> Outcome {
    if let Some(fault) = server.first_fault() {
        return Outcome::Refused(fault.code().to_owned());
    }
    // Both ran the same code on the same samples; another version, or a policy that was changed
    // in between, may rightly differ.
    let lied = client.is_some_and(|client| server.is_comparable(client) && server.disagreement(client).is_some());
    if lied { Outcome::Refused("report_mismatch".to_owned()) } else { Outcome::Verified }
}

/// A refusal in words that the contributor can act on.
pub fn sentence(code: &str) -> String {
    if let Some(fault) = Fault::from_code(code) {
        return fault.sentence().to_owned();
    }
    match code {
        "report_mismatch" => {
            "What your browser measured does not fit this file. Reload the page and record again.".to_owned()
        }
        "not_verifiable" => "We could not check this recording. It was our fault, and you are paid for it.".to_owned(),
        "not_accepted" => "The people who listened did not hear the phrase, whole and clear.".to_owned(),
        code => format!("This file is not a WAV recording that we can read ({code}). Record again in the browser."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use audio::{Policy, synth};

    fn report() -> Report {
        let speech = synth::speech(1, "Alexa", &synth::Voice::ALL[0], 48_000);
        let samples = synth::scene(&speech, 400, 400, -70.0, 1, 48_000);
        let clip = audio::wav::Clip { rate_hz: 48_000, channels: 1, bits: 16, samples };
        audio::measure(&clip, &Policy::default())
    }

    #[test]
    fn the_server_s_own_measurement_decides() {
        let good = report();
        assert_eq!(decide(&good, Some(&good)), Outcome::Verified);
        assert_eq!(decide(&good, None), Outcome::Verified);
        let mut bad = good.clone();
        bad.faults = vec![Fault::Clipped];
        assert_eq!(decide(&bad, Some(&good)), Outcome::Refused("clipped".into()));
    }

    #[test]
    fn a_client_that_reports_another_file_is_refused_unless_its_version_differs() {
        let good = report();
        let mut other = good.clone();
        other.peak_dbfs -= 3.0;
        assert_eq!(decide(&good, Some(&other)), Outcome::Refused("report_mismatch".into()));
        other.version = "0.0.1".into();
        assert_eq!(decide(&good, Some(&other)), Outcome::Verified);
    }
}
