"""Runs one side once and gives what it measured, as a dictionary of figures."""
import json
import os
import subprocess
from pathlib import Path


class Failed(Exception):
    """A side that did not measure anything, with its last words."""


def newest(name):
    """A program of the PostgreSQL packages, which keep several versions apart."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name


def sql(url, text):
    done = subprocess.run(
        [newest("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url],
        input=text, capture_output=True, text=True,
    )
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    return done.stdout.strip()


def output(command, patience):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[0]} did not end within {patience} s") from None
    if done.returncode != 0:
        raise Failed((done.stderr or done.stdout).strip()[-500:])
    return done.stdout


def measure(side, workload, cell, seconds, folder):
    url = os.environ[workload.url]
    command = [
        str(folder / side.program),
        *("--url", url),
        *("--operation", workload.operations.get(side.name, workload.operation)),
        *("--requesters", str(cell.requesters)),
        *("--connections", str(cell.connections)),
        *("--seconds", str(seconds)),
        *side.arguments,
        *cell.arguments,
    ]
    return json.loads(output(command, 60 + 3 * seconds))
