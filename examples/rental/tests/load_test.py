#!/usr/bin/env python3
"""Visitors all the while, and what happens to databases.

    sandbox run -- load_test.py PROGRAM [--seconds 60]

64 connections search without a pause, first undisturbed for a third of the time. Then the database
is stopped and started, its backends are ended, PgBouncer is restarted and the configuration is
read again. Nobody may see an error, or a page that does not say how old it is. `--short` takes a
quarter.
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True

from service import (FILES, PATIENCE, SKIPPED, Asking, Database, Service, Verdict, is_fresh,
                     sandbox, start, stopped_server, until)

CONNECTIONS = 64


class Visitors:
    """`with Visitors(url) as visitors:` has wrk ask until they are `seen`."""

    def __init__(self, url):
        self.begun = time.monotonic()
        self.wrk = start(
            ["wrk", "--threads", "2", "--connections", str(CONNECTIONS), "--duration", "1h",
             "--timeout", f"{PATIENCE}s", "--script", str(Path(__file__).with_name("searches.lua")),
             url], stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wrk.kill()
        self.wrk.communicate()

    def wait_for(self, second):
        until("its turn", lambda: time.monotonic() > self.begun + second, second + PATIENCE)

    def seen(self):
        self.wrk.send_signal(signal.SIGINT)  # then it tells
        return json.loads(self.wrk.communicate(timeout=PATIENCE)[0].splitlines()[-1])


def tell(when, seen):
    print(f"  {when:<12} {seen['a_second']:6.0f} pages a second   p50 {seen['p50_ms']:.1f} ms   "
          f"p99 {seen['p99_ms']:.1f} ms   longest {seen['longest_ms']:.0f} ms   "
          f"{seen['fresh']} fresh, {seen['aged']} with their age", flush=True)


def judge(when, seen, verdict):
    tell(when, seen)
    verdict.check(f"{when}: every page is there, and fresh or says its age", seen["other"] == 0,
                  f"{seen['other']} of {seen['fresh'] + seen['aged'] + seen['other']}"
                  f" {seen['example']}")
    verdict.check(f"{when}: no answer but 200", seen["status"] == 0, seen["status"])
    broken = seen["no_connection"] + seen["cut"] + seen["late"]
    verdict.check(f"{when}: no connection refused, cut or silent", broken == 0, broken)


class Trial:
    """A service under load, and what is done to it."""

    def __init__(self, service, database, files, verdict):
        self.service, self.database, self.files = service, database, files
        self.verdict = verdict
        self.check = verdict.check

    def asks(self):
        """A page: when it was there, and what it was."""
        answer = self.service.get()
        return time.monotonic(), answer[0], is_fresh(answer)

    def asks_plainly(self):
        """When a client without a pool that comes anew was answered; None when it was not."""
        try:
            self.database.ask(self.database.url, "SELECT 1")
            return time.monotonic()
        except RuntimeError:
            return None

    def outages(self, seconds):
        """One. Where the machine had no time, which adds to what is measured, two more decide."""
        took = [self.outage(seconds)]
        if took[0] >= 1:
            took += [self.outage(3), self.outage(3)]
        self.check("outage: fresh within 1 s of the database's return", statistics.median(took) < 1,
                   ", ".join(f"{each:.2f} s" for each in took))

    def outage(self, seconds):
        """How much later than for a plain client it was over for visitors."""
        alive = Asking(lambda: self.service.status("/health/live"), 0.01)
        plain = Asking(self.asks_plainly, 0.05)
        with Asking(self.asks, 0.01) as pages, alive:
            begun = time.monotonic()
            with stopped_server():
                until("it is not ready", lambda: self.service.status("/health/ready") == 503)
                self.check("outage: readiness is false", True, f"{time.monotonic() - begun:.2f} s"
                           " after the order to stop")
                until("the outage is long enough", lambda: time.monotonic() > begun + seconds,
                      seconds + PATIENCE)
                self.check("outage: it is not ready to the end", not self.service.is_ready())
            back = time.monotonic()
            with plain:
                until("it is ready again", self.service.is_ready)
                until("fresh pages", lambda: all(fresh for *_, fresh in pages.got[-20:]))
                until("a plain client's answer", lambda: any(plain.got))
        fresh = min(at for at, _, fresh in pages.got if fresh and at > back) - back
        plainly = min(filter(None, plain.got)) - back
        self.check("outage: ready again, with fresh pages", True, f"{fresh:.2f} s after the server;"
                   f" a plain client is answered after {plainly:.2f} s")
        self.check("outage: liveness stayed true", set(alive.got) == {200},
                   f"{len(alive.got)} times")
        self.check("outage: its pages are there", {status for _, status, _ in pages.got} == {200},
                   f"{len(pages.got)} pages, {sum(not fresh for *_, fresh in pages.got)} aged")
        return max(fresh - plainly, 0)

    def ended_backends(self):
        self.check("its backends are ended", (ended := self.database.end_backends()) > 0, ended)

    def restarted_pooler(self):
        sandbox("pooler", "restart")
        back = time.monotonic()
        until("fresh pages", lambda: is_fresh(self.service.get()))
        self.check("PgBouncer is killed and started, and pages are fresh again", True,
                   f"after {time.monotonic() - back:.2f} s")

    def resized(self, connections):
        file = self.files / "rental.toml"
        text = file.read_text(encoding="utf-8")
        before = self.service.snapshot()["databases"][0]["pool"]["max"]
        written = text.replace(f"max_connections = {before}", f"max_connections = {connections}")
        assert written != text
        with tempfile.NamedTemporaryFile("w", dir=self.files, delete=False) as other:
            other.write(written)
        os.replace(other.name, file)
        outcome = self.service.reload()
        until("the pool is another",
              lambda: self.service.snapshot()["databases"][0]["pool"]["max"] == connections)
        self.check(f"SIGHUP: pool.max_connections is {connections}", outcome["last"]["applied"])

    def disturb(self, visitors, seconds):
        """Each at its part of the time."""
        for part, happens in [(0.05, self.ended_backends),
                              (0.12, lambda: self.resized(12)),
                              (0.20, self.restarted_pooler),
                              (0.30, lambda: self.outages(10 if seconds >= 60 else 3)),
                              (0.75, self.ended_backends),
                              (0.82, lambda: self.resized(8)),
                              (0.88, self.restarted_pooler)]:
            visitors.wait_for(part * seconds)
            happens()
        visitors.wait_for(seconds)


@contextmanager
def copied_files():
    with tempfile.TemporaryDirectory(prefix="freehold-rental-") as folder:
        yield Path(shutil.copytree(FILES, Path(folder, "files"),
                                   ignore=shutil.ignore_patterns("tests")))


def run(program, seconds):
    verdict = Verdict()
    with copied_files() as files, Database() as database, Service(program, database,
                                                                 files) as service:
        until("it is ready", lambda: is_fresh(service.get()) and service.is_ready())
        with Visitors(service.url) as visitors:
            visitors.wait_for(max(seconds / 3, 4))
            judge("undisturbed", visitors.seen(), verdict)
        with Visitors(service.url) as visitors:
            Trial(service, database, files, verdict).disturb(visitors, seconds)
            judge("disturbed", seen := visitors.seen(), verdict)
        verdict.check("disturbed: some pages were old", seen["aged"] > 0, seen["aged"])
        verdict.check("ready in the end, with a fresh page",
                      service.is_ready() and is_fresh(service.get()))
        healed = service.healed_statements()
        verdict.check("statement conflicts: none healed",
                      healed and not any(healed.values()), f"{len(healed)} counters")
        conflicts = database.statement_conflicts()
        verdict.check("statement conflicts: none in the server's log", not conflicts,
                      len(conflicts))
        if verdict.failed:
            print(service.said()[-4000:])
    return verdict.status()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--short", action="store_const", const=15, dest="seconds")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed")
        return SKIPPED
    return run(given.program, given.seconds)


if __name__ == "__main__":
    sys.exit(main())
