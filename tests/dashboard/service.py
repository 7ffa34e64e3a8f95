"""Stands for the admin endpoint: the real files of the dashboard, figures made up by a scene."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

FILES = Path(__file__).resolve().parents[2] / "actors" / "dashboard"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart

    def do_GET(self):
        url = urlsplit(self.path)
        self.server.asked.append(url.path)
        if url.path in ("/snapshot", "/history"):
            self.figures(url)
            return
        path = FILES / (url.path.lstrip("/") or "index.html")
        if path.parent == FILES and path.suffix in TYPES and path.is_file():
            self.answer(200, TYPES[path.suffix], path.read_bytes())
        else:
            self.answer(404, "text/plain", b"not found")

    def figures(self, url):
        scene = self.server.scene
        if scene is None:  # the service is gone
            self.close_connection = True
            self.connection.close()
            return
        token = self.server.token
        if token and self.headers.get("Authorization") != f"Bearer {token}":
            self.answer(401, "text/plain", b"a token is wanted")
            return
        if url.path == "/snapshot":
            body = scene["snapshot"]
        else:
            since = int(parse_qs(url.query).get("since", ["0"])[0])
            body = dict(scene["history"])
            if not self.server.whole_history:
                body["samples"] = [each for each in body["samples"] if each["t"] > since]
        self.answer(200, "application/json", json.dumps(body).encode())

    def answer(self, status, kind, body):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))),
                            ("Content-Security-Policy", POLICY), ("Cache-Control", "no-store"),
                            ("X-Content-Type-Options", "nosniff")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a browser that goes away in the middle


class Service:
    """`scene`: {"snapshot", "history"}, None for a service that is gone; `token`: what it wants."""

    def __init__(self):
        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.asked = self.server.asked = []
        self.play(None)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def play(self, scene, token=None, whole_history=False):
        """`whole_history`: it does not know `since`, as it need not."""
        self.server.token = token
        self.server.whole_history = whole_history
        self.server.scene = scene

    def close(self):
        self.server.shutdown()
        self.server.server_close()
