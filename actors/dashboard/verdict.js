// Is all well, and if not, what? A pure function of what the service says, the worst first.
//
// A problem is { level: "bad" | "warn" | "note", where, text, detail }. `text` stays the same while
// the problem does; what changes each second is in `detail`.

import { count, countdown, percent, plural, span, stopwatch } from "./format.js";

const RANK = { bad: 0, warn: 1, note: 2 };
const LONG_WAIT_MS = 1000;
const LONG_HOLD_MS = 30_000;
const FAILING_SHARE = 0.05;
const LATELY_MS = 60_000;

function sentence(...parts) {
  return parts.filter((part) => part).join("; ");
}

function circuitProblems({ circuit }) {
  const since = `for ${stopwatch(circuit.in_state_ms)}`;
  const trial = `next trial in ${countdown(circuit.retry_after_ms)}`;
  if (circuit.forced === "open") {
    return [["bad", "A person forced the circuit open: nothing reaches the server", since]];
  }
  if (circuit.forced === "closed") {
    return [["warn", "A person forced the circuit closed: the breaker does not protect", since]];
  }
  switch (circuit.state) {
    case "open":
      return [["bad", "The circuit is open: requests are refused at once",
        sentence(since, trial, circuit.cause)]];
    case "half_open":
      return [["bad", "The circuit is half open: one connection is being tried",
        sentence(since, circuit.cause)]];
    case "recovering":
      return [["warn", "The circuit is recovering: the pool grows from one connection",
        sentence(since, circuit.cause && `it was open: ${circuit.cause}`)]];
    default:
      return [];
  }
}

function queueProblems({ queue, pool }) {
  if (queue.waiting === 0) return [];
  const all = pool.idle === 0 && pool.total >= pool.max;
  const detail = sentence(
    `the longest has waited ${span(queue.longest_wait_ms)}`,
    all && `all ${count(pool.max)} connections (pool.max_connections) are open and none is idle`,
  );
  const waiting = "Requests wait for a connection";
  const figure = `${count(queue.waiting)} of at most ${count(queue.length)}`;
  if (queue.waiting >= queue.length) {
    return [["bad", "The queue is full: further requests are refused", `${figure}; ${detail}`]];
  }
  const much = queue.waiting >= 0.8 * queue.length || queue.longest_wait_ms >= LONG_WAIT_MS;
  return much ? [["warn", waiting, `${figure}; ${detail}`]] : [];
}

function trafficProblems(recent) {
  if (!recent) return [];
  const found = [];
  if (recent.refused + recent.shed > 0) {
    found.push(["warn", "Requests were turned away in the last minute",
      sentence(recent.refused > 0 && `${count(recent.refused)} refused`,
        recent.shed > 0 && `${count(recent.shed)} shed to keep the others fast`)]);
  }
  const ran = recent.answered + recent.failed;
  if (recent.failed > FAILING_SHARE * ran) {
    found.push(["warn", "Many requests failed in the last minute",
      `${count(recent.failed)}, ${percent(recent.failed, ran)} of what ran`]);
  }
  return found;
}

function sessionProblems({ circuit, pool, server, healed, holders, last_connect_error: error }) {
  const found = [];
  if (error && circuit.state === "closed") {
    found.push(["warn", "The latest attempt to connect failed", error]);
  } else if (!server && circuit.state === "closed" && pool.total - pool.connecting === 0) {
    found.push(["warn", "No session is open yet",
      pool.connecting > 0 ? `${count(pool.connecting)} being opened` : ""]);
  }
  const foreign = healed.names_taken + healed.names_unknown;
  if (server && !server.pooler && foreign > 0) {
    found.push(["warn", "Prepared statements were not what the session left, on a direct server",
      `${plural(foreign, "statement")} healed; is there a pooler that was not noticed?`]);
  }
  const held = holders.filter((holder) => holder.age_ms >= LONG_HOLD_MS);
  if (held.length > 0) {
    const [{ connection, what, age_ms: age }] = held;
    found.push(["note", "A connection is held for long",
      `connection ${connection} by ${what}, for ${span(age)}`
      + (held.length > 1 ? `; and ${count(held.length - 1)} more` : "")]);
  }
  return found;
}

function childProblems(child, now) {
  const found = child.children.flatMap((each) => childProblems(each, now));
  const ago = now - Date.parse(child.since);
  const detail = sentence(`for ${stopwatch(ago)}`, child.last_reason);
  const say = (level, what) => found.push([level, `“${child.name}” ${what}`, detail]);
  if (child.state === "failed") say("bad", "has failed");
  if (child.state === "restarting") say("warn", "is restarting");
  if (child.state === "running" && child.restarts_total > 0 && ago < LATELY_MS) {
    say("warn", "was restarted; it runs again");
  }
  return found;
}

function runtimeProblems(snapshot) {
  const found = childProblems(snapshot.tree, Date.parse(snapshot.time));
  if (snapshot.failure) found.push(["bad", "The supervision tree has failed", snapshot.failure]);
  const { last } = snapshot.reload;
  if (last && !last.applied) {
    found.push(["warn", "The last reload was refused; the configuration before it stays",
      last.reason]);
  }
  if (snapshot.databases.length === 0) found.push(["note", "There is no database yet", ""]);
  return found;
}

export function problemsOf(database, recent) {
  return [circuitProblems(database), queueProblems(database), trafficProblems(recent),
    sessionProblems(database)]
    .flat()
    .map(([level, text, detail]) => ({ level, where: database.name, text, detail }));
}

/// A note is no trouble.
export function worst(problems) {
  const levels = problems.map((each) => each.level);
  return ["bad", "warn"].find((level) => levels.includes(level)) ?? "ok";
}

function byRank(a, b) {
  return RANK[a.level] - RANK[b.level];
}

/// { level: "ok" | "warn" | "bad", headline, problems }
export function verdict(snapshot, recentOf) {
  const ofAll = runtimeProblems(snapshot);
  const problems = [
    ...ofAll.map(([level, text, detail]) => ({ level, where: "", text, detail })),
    ...snapshot.databases.flatMap((each) => problemsOf(each, recentOf(each.name))),
  ].sort(byRank);
  const level = snapshot.ready ? worst(problems) : "bad";
  const warnings = problems.filter((each) => each.level === "warn").length;
  const headline = {
    ok: () => "All is well",
    warn: () => `Ready, with ${plural(warnings, "warning")}`,
    bad: () => (snapshot.ready ? "Ready, but not all is well" : "Not ready"),
  }[level]();
  return { level, headline, problems };
}
