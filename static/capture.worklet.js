// Copies microphone samples to the page, about 43 ms at a time; all else happens in Rust.
const CHUNK = 2048;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.recording = false;
    this.chunk = new Float32Array(CHUNK);
    this.filled = 0;
    this.port.onmessage = ({ data }) => {
      if (data === "stop") {
        this.flush();
        this.port.postMessage("stopped");
      }
      this.recording = data === "start";
      this.filled = 0;
    };
  }

  process(inputs) {
    const samples = inputs[0][0];
    if (!this.recording || !samples) return true;
    let from = 0;
    while (from < samples.length) {
      const part = samples.subarray(from, from + CHUNK - this.filled);
      this.chunk.set(part, this.filled);
      this.filled += part.length;
      from += part.length;
      if (this.filled === CHUNK) this.flush();
    }
    return true;
  }

  flush() {
    if (this.filled > 0) this.port.postMessage(this.chunk.slice(0, this.filled));
    this.filled = 0;
  }
}

registerProcessor("capture", Capture);
