// The four cards at the top of a database: circuit, connections, queue, server.

import { el, Icon, Listed, setAttribute, setText, show } from "./dom.js";
import { count, countdown, plural, span, stopwatch } from "./format.js";

function card(title, ...content) {
  return el("section", { class: "card fact" }, el("h3", {}, title), ...content);
}

/// The word that matters, with a sign in front of it.
class Headline {
  constructor() {
    this.icon = new Icon();
    this.text = el("span", {});
    this.node = el("p", { class: "big" }, this.icon.node, this.text);
  }

  set(level, text) {
    this.icon.set(level);
    setText(this.text, text);
    setAttribute(this.node, "data-level", level);
  }
}

/// A line that is there only when it has something to say.
class Line {
  constructor(name) {
    this.node = el("p", { class: name, hidden: true });
  }

  set(text) {
    show(this.node, Boolean(text));
    setText(this.node, text || "");
  }
}

export const CIRCUIT_LEVELS = { closed: "ok", open: "bad", half_open: "bad", recovering: "warn" };

class CircuitCard {
  constructor() {
    this.headline = new Headline();
    [this.since, this.cause, this.trial, this.totals] = [new Line("sub"), new Line("quote"),
      new Line("strong"), new Line("foot")];
    this.node = card("Circuit", this.headline.node, this.since.node, this.trial.node,
      this.cause.node, this.totals.node);
  }

  update({ circuit }) {
    const { state, forced } = circuit;
    this.headline.set(forced === "closed" ? "warn" : CIRCUIT_LEVELS[state] ?? "warn",
      state.replace("_", " "));
    const by = forced === "automatic" ? "" : ", forced by a person";
    this.since.set(`for ${stopwatch(circuit.in_state_ms)}${by}`);
    this.cause.set(state === "closed" ? "" : circuit.cause);
    this.trial.set({
      open: forced === "open" ? "no trial until a person releases it"
        : `next trial in ${countdown(circuit.retry_after_ms)}`,
      half_open: "one connection is being tried",
      recovering: "the pool grows from one connection",
    }[state]);
    this.totals.set(`opened ${plural(circuit.opened_total, "time")} · `
      + `${plural(circuit.refused_total, "request")} refused by it`);
  }
}

export const POOL_STATES = [
  ["busy", "busy", "running a pipeline"],
  ["exclusive", "exclusive", "running one request alone"],
  ["leased", "leased", "lent to one holder"],
  ["idle", "idle", "ready for work"],
  ["connecting", "connecting", "not usable yet"],
  ["draining", "draining", "about to be closed"],
];
const MOST_CELLS = 40; // beyond, a bar of proportions

class PoolCard {
  constructor() {
    this.headline = new Headline();
    this.sub = new Line("sub");
    this.bar = el("div", { class: "pool-bar", role: "img" });
    this.cells = new Listed(this.bar, (cell) => cell.key, () => this.cell());
    this.counts = new Map(POOL_STATES.map(([key]) => [key, el("span", { class: "legend-value" })]));
    this.node = card("Connections", this.headline.node, this.sub.node, this.bar,
      el("ul", { class: "pool-legend" }, POOL_STATES.map(([key, label, meaning]) => (
        el("li", { title: meaning }, el("span", { class: `cell cell-${key}` }), label,
          this.counts.get(key))))));
  }

  cell() {
    const node = el("span", {});
    return { node, update: ({ state, weight }) => {
      setAttribute(node, "class", `cell cell-${state}`);
      node.style.flexGrow = weight;
    } };
  }

  update({ pool, queue }) {
    const used = pool.busy + pool.exclusive + pool.leased;
    const open = pool.total - pool.connecting;
    const full = used >= pool.max;
    const level = full && queue.waiting > 0 ? "warn" : open === 0 ? "idle" : "ok";
    this.headline.set(level, `${count(used)} of ${count(pool.max)} in use`);
    this.sub.set(`${count(open)} open; at least ${count(pool.min)} are kept`);
    const free = Math.max(0, pool.max - pool.total);
    const weights = [...POOL_STATES.map(([key]) => [key, pool[key]]), ["free", free]];
    const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
    this.cells.update(weights.flatMap(([state, weight]) => (
      all > MOST_CELLS
        ? (weight > 0 ? [{ key: state, state, weight }] : [])
        : Array.from({ length: weight }, (_, i) => ({ key: `${state} ${i}`, state, weight: 1 })))));
    setAttribute(this.bar, "data-fine", all > MOST_CELLS);
    for (const [key] of POOL_STATES) {
      setText(this.counts.get(key), count(pool[key]));
      setAttribute(this.counts.get(key).parentElement, "data-none", pool[key] === 0);
    }
    setAttribute(this.bar, "aria-label", `Of at most ${pool.max} connections: `
      + POOL_STATES.map(([key, label]) => `${pool[key]} ${label}`).join(", "));
  }
}

class QueueCard {
  constructor() {
    this.headline = new Headline();
    this.sub = new Line("sub");
    this.longest = new Line("strong");
    this.fill = el("span", { class: "meter-fill" });
    this.meter = el("div", { class: "meter", role: "meter", "aria-label": "Waiting requests",
      "aria-valuemin": 0 }, this.fill);
    this.turned = new Line("foot");
    this.node = card("Queue", this.headline.node, this.sub.node, this.meter, this.longest.node,
      this.turned.node);
  }

  update({ queue, totals }) {
    const share = queue.waiting / queue.length;
    const slow = queue.longest_wait_ms >= 1000;
    const level = share >= 1 ? "bad" : share >= 0.8 || slow ? "warn" : "ok";
    this.headline.set(level, queue.waiting === 0 ? "nobody waits" : `${count(queue.waiting)} wait`);
    this.sub.set(`of at most ${count(queue.length)}`);
    this.longest.set(queue.waiting > 0 && `the longest for ${span(queue.longest_wait_ms)}`);
    const [refused, shed] = [totals.refused, totals.shed].map(count);
    this.turned.set(`${refused} refused · ${shed} shed since the start`);
    setAttribute(this.meter, "aria-valuemax", queue.length);
    setAttribute(this.meter, "aria-valuenow", queue.waiting);
    setAttribute(this.meter, "data-level", level);
    this.fill.style.width = `${Math.min(100, 100 * share)}%`;
  }
}

class ServerCard {
  constructor() {
    this.headline = new Headline();
    [this.sub, this.mode, this.error, this.healed] = [new Line("sub"), new Line("quote"),
      new Line("quote error"), new Headline()];
    this.healed.node.className = "foot with-icon";
    this.node = card("Server", this.headline.node, this.sub.node, this.mode.node, this.error.node,
      this.healed.node);
  }

  update({ server, healed, last_connect_error: error }) {
    this.error.set(error && `Last connect error: ${error}`);
    if (server) {
      this.headline.set(error ? "warn" : "ok", `PostgreSQL ${server.version}`);
      const path = server.pooler
        ? `behind a pooler${server.pooler_tracks_statements ? " that tracks statements" : ""}`
        : "direct";
      this.sub.set(`${server.standby ? "standby" : "primary"} · ${path}`);
      this.mode.set(`${server.statement_mode} statements: ${server.reason}`);
    } else {
      this.headline.set(error ? "bad" : "idle", "not reached yet");
      this.sub.set("no session has told what it is");
      this.mode.set("");
    }
    const parts = [[healed.names_taken, "names taken"], [healed.names_unknown, "names unknown"],
      [healed.stale_plans, "stale plans"]];
    const total = parts.reduce((sum, [number]) => sum + number, 0);
    const foreign = healed.names_taken + healed.names_unknown;
    const which = parts.filter(([number]) => number > 0)
      .map(([number, what]) => `${count(number)} ${what}`).join(", ");
    this.healed.set(foreign > 0 && !server?.pooler ? "warn" : total > 0 ? "note" : "ok",
      total === 0 ? "no statement had to be healed"
        : `${plural(total, "statement")} healed: ${which}`);
  }
}

export function makeCards() {
  return [new CircuitCard(), new PoolCard(), new QueueCard(), new ServerCard()];
}
