import init, { start_judge } from "./pkg/web_wasm.js";

await init();
start_judge();
