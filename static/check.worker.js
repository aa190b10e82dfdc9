// Checks takes away from the page, so that it never stalls; all the work happens in Rust.
import init, { check } from "./pkg/web_wasm.js";

const ready = init();

self.onmessage = async ({ data: { id, samples, rate_hz, policy } }) => {
  await ready;
  try {
    const checked = check(samples, rate_hz, policy);
    const buffers = [checked.wav, checked.samples, checked.logmel, checked.mfcc].map((part) => part.buffer);
    self.postMessage({ id, checked }, buffers);
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
