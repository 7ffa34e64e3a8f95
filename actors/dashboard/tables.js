// Tables of a database: its slow statements, who holds connections, timings and totals.

import { el, Listed, setAttribute, setText, show } from "./dom.js";
import { count, latency, percent, short, span } from "./format.js";

/// `columns`: [{ key, label, text(row), order(row), words }]; the first names the row. A column
/// with an order can be sorted by, the greatest first; one of words is set to the left. `last(row)`
/// keeps a row at the end.
export class Table {
  constructor({ title, note, columns, keyOf, empty, sorted = null, last = () => false }) {
    Object.assign(this, { columns, last, sorted, down: true, rows: [] });
    this.heads = new Map();
    const row = el("tr", { role: "row" }, columns.map((column) => this.head(column)));
    this.body = el("tbody", { role: "rowgroup" });
    this.list = new Listed(this.body, keyOf, () => this.row());
    const attributes = { role: "table", "aria-label": title, "data-sorted": sorted !== null };
    this.table = el("table", attributes,
      el("thead", { role: "rowgroup" }, row), this.body);
    this.empty = el("p", { class: "empty" }, empty);
    this.node = el("section", { class: "card" },
      el("div", { class: "card-head" }, el("h3", {}, title), el("span", { class: "unit" }, note)),
      this.table, this.empty);
  }

  head(column) {
    const attributes = { role: "columnheader", scope: "col", "data-words": Boolean(column.words) };
    if (!column.order) return el("th", attributes, column.label);
    const button = el("button", { type: "button", class: "sort" }, column.label);
    button.addEventListener("click", () => this.sortBy(column.key));
    const head = el("th", attributes, button);
    this.heads.set(column.key, head);
    return head;
  }

  row() {
    const cells = this.columns.map(({ label, words }, index) => el(index === 0 ? "th" : "td",
      { role: index === 0 ? "rowheader" : "cell", scope: index === 0 && "row",
        "data-label": label, "data-words": Boolean(words) }));
    const node = el("tr", { role: "row" }, cells);
    return { node, update: (row) => this.columns.forEach(({ text, share, level }, index) => {
      setText(cells[index], text(row));
      if (level) setAttribute(cells[index], "data-level", level(row));
      if (share) cells[index].style.setProperty("--share", share(row, this.rows));
    }) };
  }

  sortBy(key) {
    this.down = this.sorted === key ? !this.down : true;
    this.sorted = key;
    this.update(this.rows);
  }

  update(rows) {
    this.rows = rows;
    show(this.table, rows.length > 0);
    show(this.empty, rows.length === 0);
    for (const [key, head] of this.heads) {
      const direction = this.down ? "descending" : "ascending";
      setAttribute(head, "aria-sort", key === this.sorted ? direction : "none");
    }
    this.list.update(this.inOrder(rows));
  }

  inOrder(rows) {
    const order = this.columns.find(({ key }) => key === this.sorted)?.order;
    if (!order) return rows;
    const compare = (a, b) => {
      const [x, y] = [order(a), order(b)];
      return typeof x === "string" ? -x.localeCompare(y) : y - x;
    };
    return rows.toSorted((a, b) => this.last(a) - this.last(b)
      || (this.down ? compare(a, b) : compare(b, a)));
  }
}

export function statementTable() {
  const most = (rows) => Math.max(1e-9, ...rows.map((row) => row.total_s));
  return new Table({
    title: "Statements",
    note: "the 20 that took most time",
    empty: "No statement has been run yet.",
    keyOf: ({ name }) => name,
    sorted: "total",
    last: ({ name }) => name === "(other)",
    columns: [
      { key: "name", label: "Name", text: ({ name }) => name, order: ({ name }) => name },
      { key: "count", label: "Runs", text: (row) => count(row.count), order: (row) => row.count },
      { key: "failed", label: "Failed", text: (row) => count(row.failed),
        order: (row) => row.failed, level: (row) => (row.failed > 0 ? "warn" : null) },
      { key: "total", label: "Total", text: (row) => latency(row.total_s * 1000),
        order: (row) => row.total_s, share: (row, rows) => row.total_s / most(rows) },
      { key: "mean", label: "Mean", text: (row) => latency(row.mean_ms),
        order: (row) => row.mean_ms },
      { key: "p99", label: "p99", text: (row) => latency(row.p99_ms), order: (row) => row.p99_ms },
    ],
  });
}

export function holderTable() {
  return new Table({
    title: "Held connections",
    note: "the oldest first",
    empty: "Nobody keeps a connection to themselves.",
    keyOf: ({ connection }) => String(connection),
    columns: [
      { key: "connection", label: "Connection", text: ({ connection }) => `#${connection}` },
      { key: "what", label: "Held by", words: true, text: ({ what }) => what },
      { key: "query", label: "Query", words: true, text: (row) => row.query_id || "–" },
      { key: "age", label: "For", text: (row) => span(row.age_ms) },
    ],
  });
}

export function timingTable() {
  const write = (row, value) => (row.count === 0 ? "–" : row.unit(value));
  return new Table({
    title: "Timings",
    note: "since the start",
    empty: "",
    keyOf: ({ label }) => label,
    columns: [
      { key: "label", label: "Of", text: ({ label }) => label },
      { key: "count", label: "Times", text: (row) => count(row.count) },
      { key: "mean", label: "Mean", text: (row) => write(row, row.sum / row.count) },
      { key: "p50", label: "p50", text: (row) => write(row, row.p50) },
      { key: "p95", label: "p95", text: (row) => write(row, row.p95) },
      { key: "p99", label: "p99", text: (row) => write(row, row.p99) },
    ],
  });
}

/// What the timing table shows of a database.
export function timings({ latency: of, batch_size: batch }) {
  const seconds = (value) => latency(value * 1000);
  return [
    { label: "waiting for a connection", ...of.acquire, unit: seconds },
    { label: "running a request", ...of.execute, unit: seconds },
    { label: "connecting", ...of.connect, unit: seconds },
    { label: "statements in a batch", ...batch, unit: short },
  ];
}

const TOTALS = [
  ["requests", "requests", null],
  ["answered", "answered", null],
  ["failed", "failed", "warn"],
  ["refused", "refused", "warn"],
  ["shed", "shed", "warn"],
  ["retries", "retried", null],
  ["fallbacks", "fallback answers", null],
  ["connects", "connects", null],
  ["connect_failures", "connects failed", "warn"],
  ["sessions_lost", "sessions lost", "warn"],
];

export class Totals {
  constructor() {
    this.values = new Map();
    const entry = (key, label) => {
      const value = el("dd", {});
      this.values.set(key, value);
      return el("div", {}, el("dt", {}, label), value);
    };
    this.node = el("section", { class: "card" },
      el("div", { class: "card-head" }, el("h3", {}, "Totals"),
        el("span", { class: "unit" }, "since the start")),
      el("dl", { class: "totals" }, TOTALS.map(([key, label]) => entry(key, label)),
        entry("cache", "statement cache hits"), entry("evictions", "cache evictions")));
  }

  update({ totals, statement_cache: cache }) {
    for (const [key, , level] of TOTALS) {
      setText(this.values.get(key), count(totals[key]));
      setAttribute(this.values.get(key), "data-level", totals[key] > 0 && level);
    }
    setText(this.values.get("cache"), percent(cache.hits, cache.hits + cache.misses));
    setText(this.values.get("evictions"), count(cache.evictions));
  }
}
