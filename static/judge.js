import init, { start_judge } from "/static/pkg/web_wasm.js";

await init();
start_judge();
