"""pgbench, the server's own load generator: it decodes nothing and shares nothing."""
import os
import re
import resource
import tempfile

from driver.programs import Failed, newest, output

KEY = r"\set id random(1, 100000)"
SELECT = "SELECT id, name FROM item WHERE id = :id;"
UPDATE = "UPDATE account SET balance = balance + 1 WHERE id = :id;"
BALANCE = "SELECT id, balance FROM account WHERE id = :id;"
TRANSACTION = ["BEGIN;", UPDATE, BALANCE, "COMMIT;"]
WRITE = "INSERT INTO entry (item, body) VALUES (:id, 'a line');"

DESCRIPTION = {
    "prepared": "pgbench -M prepared: as many clients as there are connections, each waiting for "
                "its answer. Nothing is decoded.",
    "pipelined": "pgbench with \\startpipeline: as many clients as connections, the requesters' "
                 "statements of a connection in one pipeline with one Sync; a write is a "
                 "pipeline of its own. Nothing is decoded.",
}


def script(operation, depth):
    """(its text, requests in it); a depth of 0 is no pipeline."""
    if operation == "select":
        body, requests = [KEY, SELECT] * max(depth, 1), max(depth, 1)
    elif operation == "transaction":
        body, requests = [KEY, *TRANSACTION] * max(depth, 1), max(depth, 1)
    elif operation == "write":
        body, requests = [KEY, WRITE], 1
    else:
        raise Failed(f"pgbench has no {operation}")
    if depth:
        body = [r"\startpipeline", *body, r"\endpipeline"]
    return "\n".join(body) + "\n", requests


def measure(side, workload, cell, seconds):
    (policy,) = side.arguments
    depth = max(1, cell.requesters // cell.connections) if policy == "pipelined" else 0
    text, requests = script(workload.operation, depth)
    unnamed = "--unnamed" in cell.arguments
    clients = min(cell.requesters, cell.connections)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = output(
            [newest("pgbench"), "--no-vacuum", "--file", file.name,
             "--protocol", "extended" if unnamed else "prepared",
             "--client", str(clients), "--jobs", str(min(clients, os.cpu_count())),
             "--time", str(max(1, round(seconds))), os.environ[workload.url]],
            60 + 3 * seconds,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = int(re.search(r"actually processed: (\d+)", said)[1]) * requests
    cpu = {
        "cpu_user_us": 1e6 * (after.ru_utime - before.ru_utime) / done,
        "cpu_system_us": 1e6 * (after.ru_stime - before.ru_stime) / done,
    }
    return {
        "description": DESCRIPTION[policy],
        "style": "processes of its own",
        "requests": done,
        "rate": float(re.search(r"tps = ([\d.]+)", said)[1]) * requests,
        **cpu,
        "cpu_us": sum(cpu.values()),
    }
