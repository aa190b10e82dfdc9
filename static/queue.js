import init, { start_queue } from "./pkg/web_wasm.js";

await init();
start_queue();
