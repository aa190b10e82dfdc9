"""Compares `sayso audio` with SciPy and librosa on sound made here, and prints the largest differences.

    python -m venv .venv && .venv/bin/pip install -r docs/bench/requirements.txt
    cargo build --release && .venv/bin/python docs/bench/fidelity.py [SAYSO]

Exit code 1 when a difference is larger than wanted. Needs espeak-ng.
"""

import pathlib
import subprocess
import sys
import tempfile

import librosa
import numpy
import scipy.io.wavfile
import scipy.signal

RATES_HZ = [8000, 11025, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000]
FRAMES = dict(n_fft=512, win_length=480, hop_length=160, window="hann", center=False)
MEL = dict(sr=16000, power=2.0, n_mels=40, fmin=20.0, fmax=8000.0, htk=True, **FRAMES)


def ours(sayso, command, wav, *options):
    """The array that `sayso audio COMMAND` writes."""
    out = wav.with_suffix(".npy")
    subprocess.run([sayso, "audio", command, wav, *options, "--out", out], check=True, stdout=subprocess.DEVNULL)
    return numpy.load(out)


def resampled(samples, rate_hz):
    """`resample-v1`, as its documentation says it in SciPy."""
    common = numpy.gcd(rate_hz, 16000)
    up, down = 16000 // common, rate_hz // common
    fs = rate_hz * up
    half = round(150 * fs / 48000)
    cutoff = min(7600.0, 0.475 * rate_hz)
    taps = scipy.signal.firwin(2 * half + 1, cutoff, window=("kaiser", 8.0), fs=fs)
    return scipy.signal.resample_poly(samples.astype(numpy.float64), up, down, window=taps)


def espeak(folder, voice, words):
    """A word at 16 kHz, padded to at least a second."""
    wav = folder / "espeak.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", wav, words], check=True)
    rate_hz, samples = scipy.io.wavfile.read(wav)
    speech = resampled(samples / 32768, rate_hz)
    return numpy.pad(speech, (3000, max(3000, 13000 - len(speech))))


def clips(folder):
    """Five clips that are no part of the tests' data."""
    random = numpy.random.default_rng(20)
    time_s = numpy.arange(24000) / 16000
    word = espeak(folder, "en-gb", "hey computer")
    return {
        "en-gb hey computer": word,
        "de wunderbar": espeak(folder, "de", "wunderbar"),
        "word in pink noise": word + 0.02 * scipy.signal.lfilter([1], [1, -0.95], random.normal(size=len(word))),
        "white noise": 0.1 * random.normal(size=16000),
        "chirp 50 to 7900 Hz": 0.5 * scipy.signal.chirp(time_s, 50, 1.5, 7900, method="logarithmic"),
    }


def main(sayso):
    worst = []

    def line(what, difference, wanted, unit=""):
        print(f"{what:44} {difference:9.2e} {unit:3} wanted {wanted:.0e}")
        worst.append(difference <= wanted)

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        wav = folder / "clip.wav"
        for rate_hz in RATES_HZ:
            noise = numpy.random.default_rng(rate_hz).uniform(-0.9, 0.9, rate_hz + 7).astype(numpy.float32)
            scipy.io.wavfile.write(wav, rate_hz, noise)
            mine, theirs = ours(sayso, "resample", wav), resampled(noise, rate_hz)
            assert mine.shape == theirs.shape, (rate_hz, mine.shape, theirs.shape)
            line(f"resample-v1, {rate_hz} Hz, against SciPy", abs(mine - theirs).max(), 1e-6)

        for name, sound in clips(folder).items():
            whole = numpy.clip(numpy.round(sound * 32768), -32768, 32767).astype(numpy.int16)
            scipy.io.wavfile.write(wav, 16000, whole)
            y = (whole / 32768).astype(numpy.float32)
            logmel = librosa.power_to_db(librosa.feature.melspectrogram(y=y, norm=None, **MEL))
            mfcc = librosa.feature.mfcc(y=y, n_mfcc=40, mel_norm=None, **MEL)
            mine = ours(sayso, "features", wav, "--kind", "logmel")
            line(f"logmel-v1, {name}", abs(mine - logmel).max(), 1e-4, "dB")
            mine = ours(sayso, "features", wav, "--kind", "mfcc")
            line(f"mfcc-v1, {name}", abs(mine - mfcc).max(), 1e-3)
            mine = ours(sayso, "features", wav, "--kind", "descriptors")
            # Digital silence has no centroid; librosa's answer there depends on its least magnitude.
            magnitudes = abs(librosa.stft(y, **FRAMES))
            sounds = magnitudes.max(axis=0) > 1e-3
            centroid = librosa.feature.spectral_centroid(S=magnitudes, sr=16000)[0]
            rolloff = librosa.feature.spectral_rolloff(S=magnitudes, sr=16000, roll_percent=0.85)[0]
            line(f"centroid, {name}", abs(mine[10] - centroid)[sounds].max(), 1e-1, "Hz")
            # A frame whose sum lies at the share itself may fall into the next bin of 31 Hz.
            other_bin = (abs(mine[11] - rolloff)[sounds] > 1).mean()
            line(f"roll-off in another bin, {name}", other_bin, 1e-2)
    return 0 if all(worst) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "target/release/sayso"))
