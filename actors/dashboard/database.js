// All that is known of one database: cards, charts, tables.

import { makeCards } from "./cards.js";
import { Cursor, LineChart } from "./chart.js";
import { el } from "./dom.js";
import { count, latency, short } from "./format.js";
import { holderTable, statementTable, timings, timingTable, Totals } from "./tables.js";

const NOTHING = { answered: null, failed: null, refused: null, shed: null };

// What each chart draws of a point of the history.
const CHARTS = [
  {
    title: "Throughput",
    unit: "requests per second",
    format: (value) => `${short(value)}/s`,
    series: [{ key: "answered", label: "answered", class: "line-1", area: true }],
    values: ({ rates }) => ({ answered: rates.answered }),
  },
  {
    title: "Latency",
    unit: "within each second",
    format: latency,
    series: [{ key: "p99", label: "p99", class: "line-5" },
      { key: "p50", label: "p50", class: "line-1", area: true }],
    values: ({ sample }) => ({ p99: sample.p99_ms, p50: sample.p50_ms }),
  },
  {
    title: "Not answered",
    unit: "requests per second",
    format: (value) => `${short(value)}/s`,
    series: [{ key: "failed", label: "failed", class: "line-3" },
      { key: "refused", label: "refused", class: "line-2" },
      { key: "shed", label: "shed", class: "line-4" }],
    values: ({ rates }) => ({ failed: rates.failed, refused: rates.refused, shed: rates.shed }),
  },
  {
    title: "Connections",
    unit: "number",
    format: count,
    whole: true,
    series: [{ key: "open", label: "open", class: "line-4" },
      { key: "used", label: "in use", class: "line-1", area: true }],
    values: ({ sample: { idle, busy, exclusive, leased, draining } }) => ({
      open: idle + busy + exclusive + leased + draining,
      used: busy + exclusive + leased,
    }),
  },
  {
    title: "Queue",
    unit: "waiting requests",
    format: count,
    whole: true,
    series: [{ key: "waiting", label: "waiting", class: "line-1", area: true }],
    values: ({ sample }) => ({ waiting: sample.waiting }),
  },
];

/// Spans in which the circuit was not closed; a trial, which is short, belongs to the outage.
function bandsOf(points) {
  const bands = [];
  for (const { t, gap, sample } of points) {
    const circuit = sample.circuit === "half_open" ? "open" : sample.circuit;
    const last = bands.at(-1);
    if (last?.open && !gap) last.to = t;
    if (last?.state === circuit && last.open && !gap) continue;
    if (last) last.open = false;
    if (circuit !== "closed") bands.push({ from: t, to: t, state: circuit, open: true });
  }
  return bands;
}

export class DatabasePanel {
  constructor(name) {
    this.name = name;
    this.cards = makeCards();
    const cursor = new Cursor();
    this.charts = CHARTS.map((each) => ({ ...each, chart: new LineChart({ ...each, cursor }) }));
    [this.statements, this.holders, this.timings, this.totals] = [statementTable(), holderTable(),
      timingTable(), new Totals()];
    this.node = el("section", { class: "database", "aria-label": `Database ${name}` },
      el("div", { class: "facts" }, this.cards.map(({ node }) => node)),
      el("div", { class: "charts" }, this.charts.map(({ chart }) => chart.node)),
      el("div", { class: "halves" },
        el("div", { class: "column" }, this.statements.node, this.totals.node),
        el("div", { class: "column" }, this.holders.node, this.timings.node)));
  }

  update(database) {
    for (const card of this.cards) card.update(database);
    this.statements.update(database.statements);
    this.holders.update(database.holders);
    this.timings.update(timings(database));
    this.totals.update(database);
  }

  /// `now` is the service's clock; the charts end there, or at the latest sample of a moment ago.
  updateCharts(history, now) {
    const points = history.points(this.name);
    const bands = bandsOf(points);
    const latest = points.at(-1)?.t ?? now;
    const to = now - latest > 6 * history.interval ? now : latest;
    for (const { chart, values } of this.charts) {
      chart.update(points.map((point) => ({ t: point.t, gap: point.gap,
        values: values({ ...point, rates: point.rates ?? NOTHING }) })), bands, to);
    }
  }
}
