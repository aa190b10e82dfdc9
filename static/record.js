import init, { start_recorder } from "./pkg/web_wasm.js";

await init();
start_recorder();
