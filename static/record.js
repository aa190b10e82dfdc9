import init, { start_recorder } from "/static/pkg/web_wasm.js";

await init();
start_recorder();
