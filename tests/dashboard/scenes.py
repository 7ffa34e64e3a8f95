"""Situations an operator meets, as the admin endpoint tells them."""
import copy
import datetime
import math
import random
import time

SECONDS = 300
STARTED = time.time() - 9843  # one process in all scenes
HOSTILE = "<img src=x onerror=\"document.title='taken'\"><b>&amp;\"'`"


def iso(seconds):
    stamp = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.") + f"{stamp.microsecond // 1000:03}Z"


def histogram(count, mean, p50, p95, p99):
    return {"count": count, "sum": count * mean, "p50": p50, "p95": p95, "p99": p99}


def statement(name, count, mean_ms, p99_ms, failed=0):
    return {"name": name, "count": count, "failed": failed, "total_s": count * mean_ms / 1000,
            "mean_ms": mean_ms, "p99_ms": p99_ms}


def database(name):
    return {
        "name": name,
        "pool": {"connecting": 0, "idle": 4, "busy": 2, "exclusive": 1, "leased": 1,
                 "draining": 0, "total": 8, "max": 10, "min": 2},
        "queue": {"waiting": 0, "length": 200, "longest_wait_ms": 0},
        "circuit": {"state": "closed", "forced": "automatic", "cause": "",
                    "in_state_ms": 9_840_123, "retry_after_ms": 0, "opened_total": 0,
                    "refused_total": 0},
        "server": {"version": "15.18", "version_number": 150018, "pooler": False,
                   "pooler_tracks_statements": False, "statement_mode": "named",
                   "standby": False,
                   "reason": "the backend's process id is the one announced at connect: a direct"
                             " server"},
        "totals": {"requests": 11_904_211, "answered": 11_903_877, "failed": 334, "refused": 0,
                   "shed": 0, "retries": 12, "fallbacks": 0, "connects": 41,
                   "connect_failures": 0, "sessions_lost": 1},
        "healed": {"names_taken": 0, "names_unknown": 0, "stale_plans": 0},
        "statement_cache": {"hits": 11_902_000, "misses": 1877, "evictions": 0},
        "latency": {"acquire": histogram(11_904_211, 0.00011, 0.00004, 0.0004, 0.0011),
                    "execute": histogram(11_904_211, 0.00092, 0.0006, 0.0027, 0.0048),
                    "connect": histogram(41, 0.0132, 0.012, 0.021, 0.031)},
        "batch_size": histogram(2_110_402, 5.64, 4, 16, 31),
        "statements": [
            statement("homes_in_city", 6_204_112, 0.71, 2.9),
            statement("book_home", 402_118, 4.2, 12.4, failed=334),
            statement("price_of_night", 3_100_402, 0.38, 1.2),
            statement("reviews_of_home", 1_804_220, 0.52, 1.9),
            statement("monthly_statement", 412, 812.5, 1640),
            statement("(other)", 391_002, 0.4, 2.2),
        ],
        "holders": [
            {"connection": 3, "what": "lease", "query_id": "k3x9f2", "age_ms": 4210},
            {"connection": 7, "what": "monthly_statement", "query_id": "p81mzq", "age_ms": 640}],
        "last_connect_error": "",
    }


def child(name, kind, now, children=(), state="running", restarts=0, reason="", age=9843):
    return {"name": name, "kind": kind, "state": state, "since": iso(now - age),
            "restarts_total": restarts, "last_reason": reason, "children": list(children)}


def snapshot(names, now):
    workers = [child("mailer", "actor", now, restarts=2, age=4021,
                     reason="connection to the mail server was closed"),
               child("price_cache", "actor", now)]
    tree = child("runtime", "runtime", now, [
        *(child(name, "database", now) for name in names),
        child("workers", "supervisor", now, workers)])
    return {
        "service": "rental", "version": "0.1.0", "profile": "production", "pid": 4123,
        "host": "app-2", "time": iso(now), "started": iso(STARTED), "uptime_ms": 9_843_120,
        "first_answer_ms": 31, "ready": True, "not_ready_because": "", "failure": "",
        "reload": {"applied_total": 3, "refused_total": 0, "last": {
            "at": iso(now - 1804), "applied": True, "trigger": "file", "reason": "",
            "changes": ["database.primary.pool.max_connections: 8 -> 10",
                        "database.primary.queue.length: 100 -> 200"]}},
        "databases": [database(name) for name in names],
        "tree": tree,
    }


def history(names, now, shape=lambda ago, sample: sample):
    """A sample a second; `shape(ago, sample)` changes one, by how many seconds it is old. Its
    rates are summed up to counters."""
    dice = random.Random(7)
    sums = {name: dict.fromkeys(("requests", "answered", "failed", "refused", "shed"), 0)
            for name in names}
    samples = []
    for ago in range(SECONDS, -1, -1):
        databases = {}
        for place, name in enumerate(names):
            wave = math.sin(ago / 41 + place) + 0.4 * math.sin(ago / 9)
            rate = round((1250 + 180 * wave + dice.gauss(0, 35)) / (1 + 3 * place))
            sample = shape(ago, {
                "answered": rate, "failed": int(dice.random() < 0.04), "refused": 0, "shed": 0,
                "waiting": 0, "connecting": 0, "idle": 4, "busy": 2 + (wave > 0.6),
                "exclusive": 1, "leased": int(wave < 0), "draining": 0, "circuit": "closed",
                "p50_ms": 0.62 + 0.06 * wave + abs(dice.gauss(0, 0.03)),
                "p99_ms": 4.3 + 0.9 * wave + abs(dice.gauss(0, 0.9))})
            if sample is None:
                continue
            sample["requests"] = sum(sample[key] for key in sums[name] if key != "requests")
            for key in sums[name]:
                sums[name][key] += sample[key]
            databases[name] = sample | sums[name]
        if databases:
            samples.append({"t": round((now - ago) * 1000), "databases": databases})
    return {"interval_ms": 1000, "samples": samples}


def scene(names=("primary",), shape=lambda ago, sample: sample):
    now = time.time()
    return {"snapshot": snapshot(names, now), "history": history(names, now, shape)}


def healthy():
    return scene()


def two_databases():
    return scene(("primary", "reports"))


def silent(sample, **changes):
    return sample | {"answered": 0, "failed": 0, "p50_ms": None, "p99_ms": None, "idle": 0,
                     "busy": 0, "exclusive": 0, "leased": 0} | changes


OUTAGE = ("5 failures in a row, the last: connection to server at \"10.0.3.17\", port 5432 failed:"
          " Connection refused")


def breaker_open():
    def shape(ago, sample):
        if ago > 24:
            return sample
        if ago > 20:
            return sample | {"failed": 40, "answered": 200, "p99_ms": 210, "waiting": 60}
        return silent(sample, refused=900, circuit="half_open" if ago in (12, 13) else "open")

    made = scene(("primary", "reports"), lambda ago, sample: sample)
    made["history"] = history(("primary",), time.time(), shape)
    other = history(("primary", "reports"), time.time())
    for mine, theirs in zip(made["history"]["samples"], other["samples"]):
        mine["databases"]["reports"] = theirs["databases"]["reports"]
    now = made["snapshot"]
    now["ready"] = False
    now["not_ready_because"] = "primary: the circuit is open"
    primary = now["databases"][0]
    primary["pool"] |= {"idle": 0, "busy": 0, "exclusive": 0, "leased": 0, "total": 0}
    primary["circuit"] |= {"state": "open", "cause": OUTAGE, "in_state_ms": 8210,
                           "retry_after_ms": 3400, "opened_total": 2, "refused_total": 18_204}
    primary["totals"] |= {"refused": 18_204, "connect_failures": 6, "sessions_lost": 9,
                          "failed": 494}
    primary["holders"] = []
    primary["last_connect_error"] = ("connection to server at \"10.0.3.17\", port 5432 failed:"
                                     " Connection refused")
    return made


def recovering():
    def shape(ago, sample):
        if ago > 58:
            return sample
        if ago > 7:
            return silent(sample, refused=900, circuit="open")
        return sample | {"answered": 110 * (8 - ago), "circuit": "recovering", "idle": 0,
                         "exclusive": 0, "leased": 0, "busy": 1 + (7 - ago) // 3,
                         "connecting": 2, "p99_ms": 31.0 - ago, "waiting": 38 + 9 * ago}

    made = scene(shape=shape)
    primary = made["snapshot"]["databases"][0]
    primary["circuit"] |= {"state": "recovering", "cause": OUTAGE, "in_state_ms": 7300,
                           "opened_total": 1, "refused_total": 45_120}
    primary["pool"] |= {"idle": 0, "busy": 3, "exclusive": 0, "leased": 0, "connecting": 2,
                        "draining": 1, "total": 6}
    primary["totals"] |= {"connect_failures": 11, "sessions_lost": 9, "refused": 45_120}
    primary["queue"] |= {"waiting": 38, "longest_wait_ms": 420}
    made["snapshot"]["reload"] = {"applied_total": 3, "refused_total": 1, "last": {
        "at": iso(time.time() - 40), "applied": False, "trigger": "signal", "changes": [],
        "reason": "database.primary.host: nobody answers at 10.0.3.18:5432"}}
    return made


def overloaded():
    def shape(ago, sample):
        if ago > 90:
            return sample
        return sample | {"waiting": min(200, (90 - ago) * 4), "idle": 0, "busy": 8, "leased": 1,
                         "p99_ms": 40 + (90 - ago) * 9, "p50_ms": 12,
                         "refused": 40 if ago < 40 else 0, "shed": 22 if ago < 70 else 0}

    made = scene(shape=shape)
    primary = made["snapshot"]["databases"][0]
    primary["pool"] |= {"idle": 0, "busy": 8, "leased": 1, "total": 10}
    primary["queue"] |= {"waiting": 200, "longest_wait_ms": 2140}
    primary["totals"] |= {"refused": 1600, "shed": 1540}
    primary["holders"] = [{"connection": 4, "what": "lease", "query_id": "a9", "age_ms": 48_120},
                          {"connection": 7, "what": "transaction", "query_id": "", "age_ms": 910}]
    primary["healed"] |= {"names_taken": 2, "stale_plans": 1}
    return made


def gap():
    """Nothing is known of a minute in the middle."""
    return scene(shape=lambda ago, sample: None if 120 <= ago < 180 else sample)


def no_database():
    made = scene(())
    made["snapshot"]["first_answer_ms"] = None
    made["snapshot"]["reload"] = {"applied_total": 0, "refused_total": 0, "last": None}
    return made


def just_started():
    """A database that nothing has been asked of, whose server is not known yet."""
    made = scene()
    made["history"]["samples"] = []
    fresh = made["snapshot"]["databases"][0]
    fresh |= {"server": None, "statements": [], "holders": []}
    fresh["pool"] |= {"connecting": 2, "idle": 0, "busy": 0, "exclusive": 0, "leased": 0,
                      "total": 2}
    for group in ("totals", "statement_cache"):
        fresh[group] = dict.fromkeys(fresh[group], 0)
    nothing = histogram(0, 0, 0, 0, 0)
    fresh |= {"latency": dict.fromkeys(fresh["latency"], nothing), "batch_size": nothing}
    made["snapshot"] |= {"ready": False, "not_ready_because": "primary: no session yet"}
    return made


def hostile():
    """Whatever the service says in words is markup."""
    def poison(value):
        if isinstance(value, dict):
            return {key: poison(each) if key not in KEPT else each for key, each in value.items()}
        if isinstance(value, list):
            return [poison(each) for each in value]
        return HOSTILE + value if isinstance(value, str) else value

    made = breaker_open()
    made["snapshot"] = poison(copy.deepcopy(made["snapshot"]))
    made["history"] = scene()["history"]
    for sample in made["history"]["samples"]:
        sample["databases"][HOSTILE + "primary"] = sample["databases"].pop("primary")
    made["snapshot"]["reload"]["last"] |= {"applied": False, "reason": HOSTILE}
    return made


KEPT = {"time", "started", "since", "at"}
