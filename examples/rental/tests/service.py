"""The service as people run it: behind PgBouncer, with a database of its own, in the sandbox."""
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 30  # seconds for what takes a moment on a machine that has time
FILES = Path(__file__).resolve().parents[1]
SKIPPED = 77


def variable(name):
    if name not in os.environ:
        raise SystemExit("run this inside tests/sandbox/sandbox run --")
    return os.environ[name]


def sandbox(*words):
    subprocess.run([variable("FREEHOLD_SANDBOX"), *words], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def stopped_server():
    sandbox("server", "stop")
    try:
        yield
    finally:
        sandbox("server", "start")


def start(command, **how):
    """A process that does not outlive this one, however it ends."""
    return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command], text=True, **how)


def until(what, holds, patience=PATIENCE):
    """What `holds` gave when it was something, asked again and again."""
    end = time.monotonic() + patience
    while not (given := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"in vain waited for: {what}")
        time.sleep(0.01)
    return given


class Database:
    """One of its own, which is gone afterwards. Whatever the server's log says of it since then
    has SQLSTATEs."""

    def __init__(self):
        self.name = f"rental_{secrets.token_hex(4)}"
        self.log = Path(variable("FREEHOLD_SANDBOX_DIR"), "server.log")
        self.admin(f"CREATE DATABASE {self.name} OWNER freehold", "postgres")
        self.admin(f"ALTER DATABASE {self.name} SET log_error_verbosity = verbose", "postgres")
        self.url = self.address("FREEHOLD_TEST_POOLER_URL")
        self.log_before = self.log.stat().st_size
        for conflict in ("PREPARE s0 AS SELECT 1; PREPARE s0 AS SELECT 1", "EXECUTE s1"):
            self.see(conflict)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.admin(f"DROP DATABASE {self.name} WITH (FORCE)", "postgres")

    def address(self, name, database=None):
        return urlsplit(variable(name))._replace(path=f"/{database or self.name}").geturl()

    @staticmethod
    def ask(url, sql):
        """Its rows, as lines."""
        done = subprocess.run(["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet",
                               "--set", "ON_ERROR_STOP=1", "--command", sql, url],
                              capture_output=True, text=True, check=False, timeout=PATIENCE)
        if done.returncode != 0:
            raise RuntimeError(f"{sql}: {done.stderr}")
        return done.stdout.splitlines()

    def admin(self, sql, database=None):
        return self.ask(self.address("FREEHOLD_TEST_ADMIN_URL", database), sql)

    def end_backends(self):
        """How many there were."""
        return int(self.admin("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                              f" WHERE datname = '{self.name}' AND pid <> pg_backend_pid()")[0])

    def see(self, conflict):
        """Whether the log would tell of one, which it then forgets."""
        try:
            self.admin(conflict)
        except RuntimeError:
            until("the log has the conflict", lambda: len(self.statement_conflicts()) == 1)
        self.log_before = self.log.stat().st_size

    def statement_conflicts(self):
        """Lines of the server's log: a name that is taken, and one that is not there."""
        with self.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(self.log_before)
            return [line for line in log if "42P05" in line or "26000" in line]


class Service:
    """A process of the service. `files`: another folder than the source's."""

    def __init__(self, program, database, files=FILES, port=0):
        self.outbox = Path(tempfile.mkdtemp(prefix="freehold-rental-"))
        self.log = (self.outbox / "log").open("w+", encoding="utf-8")
        environment = os.environ | {"DATABASE_URL": database.url}
        self.process = start(
            [program, "--port", str(port), "--files", str(files), "--outbox", str(self.outbox)],
            env=environment, stdout=subprocess.PIPE, stderr=self.log)
        told = [self.process.stdout.readline().split()[-1:] for _ in range(2)]
        if not all(told):
            self.kill()
            raise AssertionError(f"it did not start: {self.said()}")
        self.url, self.operators = (each[0] for each in told)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.kill()

    def kill(self):
        """Without a chance to do anything about it."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.outbox)

    def said(self):
        """Its log so far."""
        self.log.flush()
        return (self.outbox / "log").read_text(encoding="utf-8")

    def get(self, path="/properties"):
        return get(self.url, path)

    def status(self, path):
        """Of the operators' address; None when it does not answer."""
        try:
            return get(self.operators, path)[0]
        except OSError:
            return None

    def is_ready(self):
        return self.status("/health/ready") == 200

    def snapshot(self):
        return json.loads(get(self.operators, "/snapshot")[1])

    def reload(self):
        """Reads its configuration again; what became of it."""
        before = self.snapshot()["reload"]
        self.process.send_signal(signal.SIGHUP)
        return until("the configuration is read",
                     lambda: (now := self.snapshot()["reload"]) != before and now)

    def healed_statements(self):
        metrics = get(self.operators, "/metrics")[1]
        return {line.split()[0]: float(line.split()[1]) for line in metrics.splitlines()
                if line.startswith("freehold_healed_statements_total")}

    def mail(self):
        """The link of the latest mail, and whom it is for."""
        mails = sorted(self.outbox.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
        words = mails[-1].read_text(encoding="utf-8").split() if mails else []
        return next((word for word in words if "/sign-in/confirm" in word), None)


def get(url, path):
    """Status and body."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


STALE = "This is what we knew"


def is_fresh(answer):
    return answer[0] == 200 and STALE not in answer[1]


class Asking(threading.Thread):
    """`with Asking(ask) as asking:` calls `ask` all the while, with a pause between, and keeps what
    it gave."""

    def __init__(self, ask, pause=0.0):
        super().__init__(daemon=True)
        self.ask, self.pause, self.got, self.over = ask, pause, [], threading.Event()

    def run(self):
        while not self.over.wait(self.pause):
            self.got.append(self.ask())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


class Verdict:
    """What was looked at, a line each, and whether all of it was so."""

    def __init__(self):
        self.failed = []

    def check(self, what, holds, figure=""):
        print(f"  {'✓' if holds else '✗'} {what:<58} {figure}", flush=True)
        if not holds:
            self.failed.append(what)

    def status(self):
        return 1 if self.failed else 0
