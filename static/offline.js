// On every page: removes copies of pages that belong to somebody else, and starts the service
// worker. On the recording page: puts a copy of the page where the service worker finds it.
//
// Takes are never touched here: they lie in IndexedDB, each under the person who spoke.
const person = document.body.dataset.person ?? "";
const version = new URL(import.meta.url).pathname.split("/")[2].slice(2);

// The copy's person stands in the copy itself, as on the page.
const owner = async (copy) => (await copy.text()).match(/<body data-person="([^"]*)"/)?.[1];

async function removeCopiesOfOthers() {
  for (const name of await caches.keys()) {
    if (!name.startsWith("sayso-")) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (new URL(request.url).pathname !== "/tasks/record") continue;
      const copy = await cache.match(request);
      if (copy && (await owner(copy)) !== person) await cache.delete(request);
    }
  }
}

async function keepCopy() {
  await navigator.serviceWorker.ready;
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  const copy = response.clone();
  // A log-in page that came instead is nobody's recorder.
  if (response.ok && !response.redirected && (await owner(response)) === person) {
    await (await caches.open(`sayso-${version}`)).put(location.href, copy);
  }
}

// Browsers give neither to an insecure page, and then there is nothing to remove or to start.
if ("caches" in window && "serviceWorker" in navigator) {
  try {
    await removeCopiesOfOthers();
    if (person) await navigator.serviceWorker.register("/sw.js");
    if (person && document.getElementById("recorder")) await keepCopy();
  } catch (error) {
    // Without a network or room there is no new copy; the page works all the same.
    console.info("No copy for offline use:", error.message);
  }
}
