#!/usr/bin/env python3
"""What the doctor says of seven targets, held against docs/DOCTOR.md.

    sandbox run -- doctor_test.py PROGRAM            the findings are those of the document
    sandbox run -- doctor_test.py PROGRAM --write    the document gets what was printed

Figures differ from machine to machine: the severities and titles have to be the same.
"""
import contextlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "DOCTOR.md"
FINDING = re.compile(r"^(ok|note|warning|problem) +(\S.*)$", re.M)
BLOCK = re.compile(r"(<!-- target: (\w+) -->\n```\n)(.*?)(```\n)", re.S)
# Depends on what else the machine does.
PASSING = re.compile(r"The server is (near|not near|far away)$")
LONGEST = 30  # seconds that the outside may take


class Failed(Exception):
    pass


def variable(name):
    if name not in os.environ:
        sys.exit("run this inside tests/sandbox/sandbox run --")
    return os.environ[name]


def sandbox(*words):
    subprocess.run([variable("FREEHOLD_SANDBOX"), *words], check=True, stdout=subprocess.DEVNULL)


def run(program, url, *options):
    """Its status and output; it may not take long, whatever is there."""
    return subprocess.run(
        [program, "doctor", url, *options], capture_output=True, text=True, timeout=LONGEST
    )


def program_of_server(name):
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


@contextlib.contextmanager
def clients(url, count):
    """Sessions of a load generator that sleep, a little at a time: so long each lives on."""
    process = subprocess.Popen(
        [program_of_server("pgbench"), "--no-vacuum", "--client", str(count), "--time", "60",
         "--file", "/dev/stdin", url],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    process.stdin.write(b"SELECT pg_sleep(0.3);\n")
    process.stdin.close()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(what, condition):
    give_up = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > give_up:
            raise Failed(f"in vain waited for: {what}")
        time.sleep(0.2)


def titles(text):
    return [(level, title) for level, title in FINDING.findall(text) if not PASSING.search(title)]


def sessions_seen(program, url):
    """As the doctor counts them; none while the server is full."""
    told = json.loads(run(program, url, "--json").stdout)
    for each in told["databases"][0]["findings"]:
        if each["topic"] == "limits" and " in use" in each["detail"]:
            return int(each["detail"].split()[0])
    return 0


def direct(program):
    return run(program, variable("FREEHOLD_TEST_URL"))


def session_pooler(program):
    return run(program, variable("FREEHOLD_TEST_SESSION_POOLER_URL"))


def transaction_pooler(program):
    told = run(program, variable("FREEHOLD_TEST_POOLER_URL"))
    # Whatever the doctor had prepared or set would stand in the next client's way.
    left = subprocess.run(
        [program_of_server("psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--command",
         "SELECT count(*) FROM pg_prepared_statements", variable("FREEHOLD_TEST_POOLER_URL")],
        capture_output=True, text=True, check=True,
    ).stdout.strip()
    if left != "0":
        raise Failed(f"{left} prepared statements were left on the pooled session")
    return told


def standby(program):
    sandbox("standby", "create")
    try:
        port = pathlib.Path(variable("FREEHOLD_SANDBOX_DIR"), "standby.port").read_text().strip()
        return run(program, re.sub(r":\d+/", f":{port}/", variable("FREEHOLD_TEST_URL")))
    finally:
        sandbox("standby", "remove")


def full(program):
    url, admin = variable("FREEHOLD_TEST_URL"), variable("FREEHOLD_TEST_ADMIN_URL")
    before = sessions_seen(program, admin)  # the poolers keep some
    with clients(url, 100):
        until("100 sessions more", lambda: sessions_seen(program, admin) >= before + 100)
        # A superuser's sessions take the last of the places that are not reserved.
        with clients(admin, 17 - before):
            until("a full server", lambda: sessions_seen(program, admin) >= 117)
            told = run(program, url)
    until("an empty server", lambda: sessions_seen(program, admin) < 20)
    return told


def closed_port(program):
    return run(program, "postgresql://app@127.0.0.1:1/app")


def http_server(program):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_address[1]
        return run(program, f"postgresql://app@127.0.0.1:{port}/app?connect_timeout=1")
    finally:
        server.shutdown()


# Target, status.
TARGETS = [
    (direct, 0),
    (session_pooler, 0),
    (transaction_pooler, 0),
    (standby, 0),
    (full, 1),
    (closed_port, 1),
    (http_server, 1),
]


def told_of(target, status, program):
    told = target(program)
    if told.returncode != status:
        raise Failed(f"status {told.returncode}, not {status}:\n{told.stdout}{told.stderr}")
    if variable("FREEHOLD_TEST_PASSWORD") in told.stdout + told.stderr:
        raise Failed("the password is in the output")
    if told.stderr or not titles(told.stdout):
        raise Failed(f"no findings:\n{told.stdout}{told.stderr}")
    return told.stdout


def compare(documented, printed):
    wrong = []
    for name, text in printed.items():
        if titles(documented.get(name, "")) != titles(text):
            wrong.append(f"docs/DOCTOR.md says something else of {name}; printed was:\n{text}")
    return wrong


def main(program, *options):
    document = DOCUMENT.read_text(encoding="utf-8")
    printed, wrong = {}, []
    for target, status in TARGETS:
        began = time.monotonic()
        try:
            printed[target.__name__] = told_of(target, status, program)
        except (Failed, subprocess.SubprocessError) as why:
            wrong.append(f"{target.__name__}: {why}")
        print(f"{target.__name__}: {time.monotonic() - began:.1f} s")
    if "--write" in options and not wrong:
        DOCUMENT.write_text(
            BLOCK.sub(lambda m: m[1] + printed.get(m[2], m[3]) + m[4], document), encoding="utf-8"
        )
        return 0
    wrong += compare({m[2]: m[3] for m in BLOCK.finditer(document)}, printed)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
