import init, { start_queue } from "/static/pkg/web_wasm.js";

await init();
start_queue();
