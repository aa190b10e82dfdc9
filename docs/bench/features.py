"""How long the feature store takes to answer, one request after another over one connection.

    sayso demo
    python docs/bench/features.py http://127.0.0.1:8080 [REQUESTS]

Logs in as the demo's administrator and asks for the features of the released clips in turn, once to
warm up and then timed; prints percentiles of the time from sending a request to having read its reply.
"""

import http.client
import json
import sys
import time
import urllib.parse


def main(address, requests=5_000):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc)

    def ask(method, path, body=None, headers={}):
        connection.request(method, path, body and json.dumps(body), {"content-type": "application/json", **headers})
        reply = connection.getresponse()
        return reply.status, reply.read()

    status, body = ask("POST", "/api/v1/sessions", {"email": "admin@example.org", "password": "sayso demo password"})
    if status != 200:
        sys.exit(f"The demo does not let its administrator in: {status} {body!r}")
    signed_in = {"authorization": f"Bearer {json.loads(body)['access_token']}"}
    release = json.loads(ask("GET", "/api/v1/releases", headers=signed_in)[1])[0]
    files = json.loads(ask("GET", f"/api/v1/releases/{release['id']}", headers=signed_in)[1])["files"]
    clips = [file["path"][len("originals/") : -len(".wav")] for file in files if file["path"].startswith("originals/")]
    paths = [f"/api/v1/features/{clip}?spec={spec}" for clip in clips for spec in ("logmel-v1", "mfcc-v1")]
    for path in paths:
        status, body = ask("GET", path, headers=signed_in)
        if status != 200:
            sys.exit(f"{path}: {status} {body!r}")
    times = []
    for n in range(requests):
        began = time.perf_counter()
        ask("GET", paths[n % len(paths)], headers=signed_in)
        times.append((time.perf_counter() - began) * 1_000)
    times.sort()
    shares = [(f"p{share}", times[min(len(times) * share // 100, len(times) - 1)]) for share in (50, 95, 99)]
    print(f"{requests} requests, {len(paths)} matrices:", ", ".join(f"{name} {ms:.2f} ms" for name, ms in shares))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
