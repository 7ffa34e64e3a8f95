"""What the figures were measured on."""
import os
import platform
import subprocess
from pathlib import Path


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip().split("\n")[0]
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def package(name):
    """The version as Debian counts, where there is a Debian."""
    return first_line("dpkg-query", "-W", "-f", "${Version}", name)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def describe(server):
    """`server`: a function that asks the server for one value."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "system": next(
            (
                line.split("=", 1)[1].strip('"')
                for line in Path("/etc/os-release").read_text().splitlines()
                if line.startswith("PRETTY_NAME=")
            ),
            "unknown",
        ),
        "server": server("SHOW server_version"),
        "shared_buffers": server("SHOW shared_buffers"),
        "fsync": server("SHOW fsync"),
        "libpq": package("libpq5"),
        "libpqxx": package("libpqxx-dev"),
        "caf": package("libcaf-dev"),
        "soci": package("libsoci-dev"),
        "pgbouncer": package("pgbouncer"),
        "compiler": first_line("c++", "--version"),
    }
