"""Times features of a 1-s clip: ours natively and in the browser, librosa, Meyda. One run, one table.

    python -m venv .venv && .venv/bin/pip install -r docs/bench/requirements.txt
    cargo build --release && .venv/bin/python docs/bench/audio.py

Needs chromium, chromedriver and npm. Each figure is the smallest of many batches: what the work
costs when nothing disturbs it. Natively it is CPU time of one thread, in the browser wall time. It is a fair comparison
only on a machine with nothing else to do.
"""

import os

# Before NumPy is loaded: one thread, like the others.
for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"]:
    os.environ[name] = "1"

import argparse
import http.server
import json
import pathlib
import resource
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

import librosa
import scipy.io.wavfile

TOP = pathlib.Path(__file__).resolve().parents[2]
WAV = TOP / "crates/audio/tests/data/ref_alexa.wav"
MEYDA = "5.6.3"
BATCHES, CALLS = 15, 20
PARAMETERS = dict(sr=16000, n_fft=512, win_length=480, hop_length=160, window="hann", center=False, power=2.0,
                  n_mels=40, fmin=20.0, fmax=8000.0, htk=True)

# What the page does. A batch takes 20 ms, a hundred steps of the browser's clock and short enough
# to be undisturbed now and then; the fastest of 100 counts. Meyda gets the same frames.
SCRIPT = """
const done = arguments[0];
(async () => {
  const bytes = new DataView(await (await fetch('/clip.wav')).arrayBuffer());
  const samples = Float32Array.from({length: (bytes.byteLength - 44) / 2}, (_, i) => bytes.getInt16(44 + 2 * i, true) / 32768);
  const time = (calls, work) => {
    const began = performance.now();
    for (let call = 0; call < calls; call++) work();
    return (performance.now() - began) / calls;
  };
  const fastest = (work) => {
    let least = time(20, work);
    for (let batch = 0; batch < 100; batch++) least = Math.min(least, time(Math.ceil(20 / least), work));
    return least;
  };
  const found = {samples: samples.length};
  const ours = await import('/pkg/web_wasm.js');
  await ours.default();
  if (ours.features) {
    for (const spec of ['logmel-v1', 'mfcc-v1']) {
      found.values = ours.features(samples, 16000, spec).length;
      found[spec] = fastest(() => ours.features(samples, 16000, spec));
    }
  }
  const Meyda = window.Meyda;
  Object.assign(Meyda, {bufferSize: 512, sampleRate: 16000, melBands: 40, numberOfMFCCCoefficients: 40, windowingFunction: 'hanning'});
  const frames = [];
  for (let at = 0; at + 512 <= samples.length; at += 160) frames.push(samples.slice(at, at + 512));
  found.meyda_values = frames.map((frame) => Meyda.extract('mfcc', frame)).flat().length;
  found.meyda = fastest(() => frames.forEach((frame) => Meyda.extract('mfcc', frame)));
  done(found);
})().catch((error) => done({error: String(error)}));
"""


def native(kind):
    """CPU milliseconds of one call in Rust: what CALLS calls more cost."""
    program = TOP / "target/release/examples/repeat"

    def cpu_s(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, WAV, kind, str(times)], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # Many calls in each process: what starting it costs varies by more than one call.
    many = 50 * CALLS
    started = min(cpu_s(0) for _ in range(BATCHES))
    return 1000 * (min(cpu_s(many) for _ in range(BATCHES)) - started) / many


def python(work):
    """CPU milliseconds of one call here."""

    def batch():
        began = time.process_time()
        for _ in range(CALLS):
            work()
        return time.process_time() - began

    return 1000 * min(batch() for _ in range(BATCHES)) / CALLS


def browser(pkg):
    """Milliseconds of one call in headless Chromium, by name."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder, f"meyda@{MEYDA}"],
                       check=True)
        meyda = (folder / "node_modules/meyda/dist/web/meyda.min.js").read_bytes()
        files = {
            "/": ("text/html", b"<!doctype html><title>bench</title><script src=/meyda.js></script>"),
            "/meyda.js": ("text/javascript", meyda),
            "/clip.wav": ("audio/wav", WAV.read_bytes()),
        }
        kinds = {".js": "text/javascript", ".wasm": "application/wasm"}
        for path in pkg.rglob("*"):
            if path.suffix in kinds:
                files[f"/pkg/{path.relative_to(pkg)}"] = (kinds[path.suffix], path.read_bytes())
        with Driver(folder) as driver, serving(files) as url:
            driver.call("url", {"url": url})
            driver.call("timeouts", {"script": 300_000})
            return driver.call("execute/async", {"script": SCRIPT, "args": []})


class serving:
    """Serves these files on this machine while the block runs."""

    def __init__(self, files):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, body = files.get(self.path, ("text/plain", None))
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *_):
        self.server.shutdown()


class Driver:
    """A headless Chromium, asked in plain WebDriver (W3C)."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/session"
        self.process = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", f"--user-data-dir={folder}/profile"]
        self.wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}}

    def __enter__(self):
        for _ in range(100):
            try:
                self.url += "/" + self.post(self.url, self.wanted)["sessionId"]
                return self
            except ConnectionRefusedError:
                time.sleep(0.1)
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise
                time.sleep(0.1)
        raise SystemExit("chromedriver does not start")

    def __exit__(self, *_):
        urllib.request.urlopen(urllib.request.Request(self.url, method="DELETE"))
        self.process.terminate()
        self.process.wait()

    def call(self, command, body):
        return self.post(f"{self.url}/{command}", body)

    @staticmethod
    def post(url, body):
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            return json.load(response)["value"]


def newest_pkg():
    """The browser bundle of the last build of the server."""
    found = sorted(TOP.glob("target/*/build/sayso-*/out/pkg"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SystemExit("no browser bundle: build the server first, `cargo build --release`")
    return found[-1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pkg", type=pathlib.Path, help="folder with web_wasm.js; default: the last build's")
    pkg = parser.parse_args().pkg or newest_pkg()
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "audio", "--example", "repeat"], cwd=TOP, check=True)
    y = scipy.io.wavfile.read(WAV)[1] / 32768
    ours = {kind: native(kind) for kind in ["logmel", "mfcc", "descriptors", "report"]}
    theirs = python(lambda: librosa.feature.mfcc(y=y, n_mfcc=40, mel_norm=None, **PARAMETERS))
    page = browser(pkg)
    if "error" in page:
        raise SystemExit(f"the page failed: {page['error']}")

    def line(what, ms, against="", other=None):
        print(f"{what:36} {ms:8.3f} ms" + (f"   {other / ms:6.1f} × faster than {against}" if other else ""))

    print("one second at 16 kHz, 40 mel bands, the least of many batches")
    line("librosa 0.11 mfcc, CPU, 1 thread", theirs)
    line("mfcc-v1 native, CPU, 1 thread", ours["mfcc"], "librosa", theirs)
    line("logmel-v1 native", ours["logmel"])
    line("descriptors-v1 native", ours["descriptors"])
    line("report native (16 kHz)", ours["report"])
    line(f"Meyda {MEYDA} mfcc, Chromium", page["meyda"])
    if "mfcc-v1" in page:
        line("mfcc-v1 WebAssembly, Chromium", page["mfcc-v1"], "Meyda", page["meyda"])
        line("logmel-v1 WebAssembly, Chromium", page["logmel-v1"])
    else:
        print("this bundle has no `features`: WebAssembly was not measured")


if __name__ == "__main__":
    main()
