#!/usr/bin/env python3
"""What the program gives to other programs: scripts that shells take, a manual that groff takes,
and a live view that gives the terminal back. `texts_test.py PROGRAM`
"""
import http.server
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import threading
import time

MANUAL = pathlib.Path(__file__).parents[2] / "docs" / "freehold.1"
LONGEST = 10  # seconds


def accepted(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=LONGEST)
    complaints = done.stdout + done.stderr
    return [] if done.returncode == 0 and not complaints else [f"{command[0]}: {complaints}"]


def completes(program):
    """What bash offers after `freehold doctor --`."""
    script = (
        'source <("$0" completion bash); COMP_WORDS=(freehold doctor --d); COMP_CWORD=2;'
        ' _freehold; echo "${COMPREPLY[*]}"'
    )
    done = subprocess.run(["bash", "-c", script, program], capture_output=True, text=True,
                          timeout=LONGEST)
    return [] if done.stdout.strip() == "--database" else [f"bash offers: {done.stdout!r}"]


def scripts(program):
    wrong = []
    for shell in ("bash", "zsh"):
        made = subprocess.run([program, "completion", shell], capture_output=True, text=True,
                              check=True, timeout=LONGEST).stdout
        if shutil.which(shell):
            with tempfile.NamedTemporaryFile("w", suffix=f".{shell}") as file:
                file.write(made)
                file.flush()
                wrong += accepted([shell, "-n", file.name])
    return wrong + completes(program)


def manual():
    if not shutil.which("groff"):
        return []
    return accepted(["groff", "-man", "-Tutf8", "-ww", "-z", str(MANUAL)])


class Snapshot(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"service": "rental", "ready": True, "started": "x"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def read_until(terminal, word):
    seen, give_up = b"", time.monotonic() + LONGEST
    while word not in seen and time.monotonic() < give_up:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
    return seen


def live(program):
    """`top` on a terminal draws, ends at q, and leaves the terminal as it was."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Snapshot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [program, "top", f"http://127.0.0.1:{server.server_address[1]}"],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"},
    )
    wrong = []
    try:
        if b"rental" not in read_until(ours, b"rental"):
            wrong.append("top draws nothing")
        if termios.tcgetattr(theirs) == before:
            wrong.append("top does not take the keys")
        os.write(ours, b"q")
        if b"\x1b[?1049l" not in read_until(ours, b"\x1b[?1049l"):
            wrong.append("top does not leave its screen")
        if process.wait(timeout=LONGEST) != 0:
            wrong.append(f"top ends with {process.returncode}")
        if termios.tcgetattr(theirs) != before:
            wrong.append("top does not give the keys back")
    finally:
        process.kill()
        process.wait()
        server.shutdown()
    return wrong


def main(program):
    wrong = scripts(program) + manual() + live(program)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
