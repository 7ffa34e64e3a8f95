#!/usr/bin/env python3
"""Killed and started again, while visitors ask.

    sandbox run -- restart_test.py PROGRAM [--times 50]

Each time with SIGKILL, so that it can put nothing in order. Each start has to answer, no statement
may meet one that an earlier process left behind, and in the end the server has nothing of them.
`--short`: ten times.
"""
import argparse
import http.client
import random
import socket
import statistics
import sys
import time
from contextlib import ExitStack

sys.dont_write_bytecode = True

from service import Asking, Database, Service, Verdict, get, is_fresh, until, variable

VISITORS = 4


def free_port():
    """One that the system gives to nobody who connects, so that it is free each time again."""
    while True:
        port = random.randint(20000, 31999)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def page(url):
    """Whether it is fresh; None where nobody listens, or is killed amidst the answer."""
    try:
        return is_fresh(get(url, "/properties"))
    except (OSError, http.client.HTTPException):
        return None


def lives(program, database, port, pages):
    """How long the first page took; then it is asked `pages` times more, and killed."""
    begun = time.monotonic()
    service = Service(program, database, port=port)
    try:
        until("its first page", lambda: page(service.url))
        first = time.monotonic() - begun
        for _ in range(pages):
            page(service.url)
        return first
    finally:
        service.kill()


def statements_left(database):
    """Of all the backends that the pooler has for it, and how many those are."""
    asked = {}

    def ask_one():
        backend, count = database.ask(
            database.url, "SELECT pg_backend_pid(), (SELECT count(*) FROM pg_prepared_statements)"
                          " FROM pg_sleep(0.2)")[0].split("|")
        asked[backend] = int(count)

    with ExitStack() as stack:  # while one sleeps, the next gets another backend
        for _ in range(6):
            stack.enter_context(Asking(ask_one))
        until("every backend was asked", lambda: asked and set(backends(database)) <= set(asked))
    return sum(asked.values()), len(asked)


def backends(database, which="true"):
    return database.admin(f"SELECT pid FROM pg_stat_activity WHERE datname = '{database.name}'"
                          f" AND pid <> pg_backend_pid() AND {which}")


def nothing_left(database, verdict):
    until("nothing of it runs", lambda: not backends(database, "state <> 'idle'"))
    count, asked = statements_left(database)
    verdict.check("no prepared statement", count == 0, f"on {asked} backends")
    database.ask(variable("FREEHOLD_TEST_POOLER_ADMIN_URL"), f"RECONNECT {database.name}")
    until("PgBouncer has let go", lambda: not backends(database))
    verdict.check("no session", not database.admin(
        "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'rental/%'"))
    for what, rows in {
        "temporary table": "pg_class WHERE relpersistence = 't'",
        "temporary file": "pg_ls_tmpdir()",
        "prepared transaction": "pg_prepared_xacts WHERE database = current_database()",
        "lock": "pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname ="
                " current_database()) AND pid <> pg_backend_pid()",
    }.items():
        verdict.check(f"no {what}", database.admin(f"SELECT count(*) FROM {rows}") == ["0"])


def run(program, times):
    verdict = Verdict()
    port = free_port()
    with Database() as database:
        Service(program, database, port=port).kill()  # amidst the making of its tables
        lives(program, database, port, 0)
        with ExitStack() as stack:
            visitors = [stack.enter_context(Asking(lambda: page(f"http://127.0.0.1:{port}"), 0.005))
                        for _ in range(VISITORS)]
            firsts = [lives(program, database, port, random.randrange(30)) for _ in range(times)]
        pages = [got for each in visitors for got in each.got]
        verdict.check(f"killed {times} times, and each start has answered", True,
                      f"the first page after {statistics.median(firsts) * 1000:.0f} ms"
                      f" (median; longest {max(firsts) * 1000:.0f} ms)")
        verdict.check("visitors had pages meanwhile", pages.count(True) > 0,
                      f"{pages.count(True)} fresh, {pages.count(False)} that could not be made,"
                      f" {pages.count(None)} found nobody")
        nothing_left(database, verdict)
        conflicts = database.statement_conflicts()
        verdict.check("no statement conflict in the server's log", not conflicts, len(conflicts))
    return verdict.status()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--short", action="store_const", const=10, dest="times")
    given = parser.parse_args()
    return run(given.program, given.times)


if __name__ == "__main__":
    sys.exit(main())
