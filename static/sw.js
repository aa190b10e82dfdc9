// Makes the recorder open without a network. It answers for two kinds of address only:
//
// - static files of its own version: from the cache, which holds them since its installation;
// - the recording page: from the network, or, when that does not answer in time, the copy that
//   the page itself has put here (offline.js) for the person whom it belongs to.
//
// The API, uploads and all other pages never pass through a cache.
const VERSION = "{{version}}";
const CACHE = `sayso-${VERSION}`;
const FILES = `/static/v-${VERSION}/`;
const PATIENCE_MS = 4000;

const NEEDED = [
  "app.css", "capture.worklet.js", "check.worker.js", "icons/icon.svg", "offline.js",
  "pkg/web_wasm.js", "pkg/web_wasm_bg.wasm", "record.js", "vendor/pico/pico.classless.min.css",
];

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(NEEDED.map((name) => FILES + name));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("sayso-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(FILES)) {
    event.respondWith(fromCache(request));
  } else if (request.mode === "navigate" && url.pathname === "/tasks/record") {
    event.respondWith(page(request));
  }
});

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

async function page(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  // A proxy that cannot reach the server answers too, but with nothing to record on.
  const fresh = fetch(request).then((reply) => (reply.status >= 500 ? kept : reply)).catch(() => kept);
  return Promise.race([fresh, late]);
}
