// A line chart of the last five minutes. Where nothing is known there is no line; what the pointer
// or the arrow keys point at is read in the legend, in all charts of a panel at once.

import { el, Listed, setAttribute, setText, svg } from "./dom.js";
import { clock, plural } from "./format.js";

export const WINDOW_MS = 300_000;
const MINUTE_MS = 60_000;
const MARGIN = { top: 10, right: 10, bottom: 22, left: 54 };
const STEP_MS = 1000;

/// The moment that the charts of a panel are read at; null: the latest.
export class Cursor {
  constructor() {
    this.time = null;
    this.charts = [];
  }

  set(time) {
    if (this.time === time) return;
    this.time = time;
    for (const chart of this.charts) chart.drawReading();
  }
}

/// The least of 1, 2, 5, 10, ... that needs at most `parts` steps to the top.
export function niceStep(top, parts = 4) {
  const raw = top / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.9999);
}

function swatch(series) {
  return svg("svg", { viewBox: "0 0 22 8", class: "swatch", "aria-hidden": "true" },
    series.area ? svg("path", { d: "M1 2H21V8H1Z", class: `area ${series.class}` }) : null,
    svg("path", { d: series.area ? "M1 2H21" : "M1 4H21", class: `line ${series.class}` }));
}

export class LineChart {
  /// `series`: [{ key, label, class, area }]; `format` writes a value with its unit; `least` is the
  /// least top of the axis, and `whole` says that there are no fractions.
  constructor({ title, unit, series, format, cursor, least = 1, whole = false }) {
    Object.assign(this, { title, series, format, cursor, least, whole });
    this.points = [];
    this.bands = [];
    this.to = 0;
    this.size = { width: 0, height: 0 };
    this.time = el("span", { class: "chart-time" });
    this.values = new Map(series.map(({ key }) => [key, el("span", { class: "legend-value" })]));
    this.plot = el("div", { class: "plot", tabindex: 0, role: "slider", "aria-label": title,
      "aria-valuemin": -WINDOW_MS / 1000, "aria-valuemax": 0 });
    this.node = el("figure", { class: "card chart" },
      el("figcaption", { class: "chart-head" },
        el("h3", {}, title), el("span", { class: "unit" }, unit), this.time),
      el("ul", { class: "legend" }, series.map((each) => el("li", {}, swatch(each),
        el("span", {}, each.label), this.values.get(each.key)))),
      this.plot);
    this.buildPlot();
    this.listen();
    cursor.charts.push(this);
  }

  buildPlot() {
    const group = (name) => svg("g", { class: name });
    this.empty = svg("text", { class: "chart-empty", "text-anchor": "middle" });
    const [bands, grid, ticks] = ["bands", "grid", "ticks"].map(group);
    this.lines = this.series.map((each) => ({ ...each,
      path: svg("path", { class: `line ${each.class}` }),
      fill: each.area ? svg("path", { class: `area ${each.class}` }) : null,
      dot: svg("circle", { class: `dot ${each.class}`, r: 3.5 }) }));
    this.rule = svg("line", { class: "rule" });
    this.canvas = svg("svg", { class: "canvas", "aria-hidden": "true" }, bands, grid,
      this.lines.map(({ fill }) => fill), this.lines.map(({ path }) => path), ticks, this.rule,
      this.lines.map(({ dot }) => dot), this.empty);
    this.plot.append(this.canvas);
    this.bandList = new Listed(bands, (band) => `${band.from} ${band.state}`, () => this.band());
    this.gridList = new Listed(grid, (y) => String(y), () => this.gridLine());
    this.tickList = new Listed(ticks, (tick) => tick.key, () => this.tick());
  }

  listen() {
    this.plot.addEventListener("pointermove", (event) => {
      const { left } = this.plot.getBoundingClientRect();
      const share = (event.clientX - left - MARGIN.left) / this.inner.width;
      this.cursor.set(this.to - WINDOW_MS * (1 - Math.min(1, Math.max(0, share))));
    });
    this.plot.addEventListener("pointerleave", () => this.cursor.set(null));
    this.plot.addEventListener("blur", () => this.cursor.set(null));
    this.plot.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(([{ contentRect }]) => {
      this.size = { width: contentRect.width, height: contentRect.height };
      this.draw();
    }).observe(this.plot);
  }

  key(event) {
    const at = this.cursor.time ?? this.to;
    const far = event.shiftKey ? 10 : 1;
    const time = {
      ArrowLeft: at - far * STEP_MS, ArrowDown: at - far * STEP_MS, ArrowRight: at + far * STEP_MS,
      ArrowUp: at + far * STEP_MS, PageDown: at - MINUTE_MS / 2, PageUp: at + MINUTE_MS / 2,
      Home: this.to - WINDOW_MS, End: this.to, Escape: null,
    }[event.key];
    if (time === undefined) return;
    event.preventDefault();
    this.cursor.set(time && Math.min(this.to, Math.max(this.to - WINDOW_MS, time)));
  }

  get inner() {
    return {
      width: Math.max(1, this.size.width - MARGIN.left - MARGIN.right),
      height: Math.max(1, this.size.height - MARGIN.top - MARGIN.bottom),
    };
  }

  x(time) {
    const share = 1 - (this.to - time) / WINDOW_MS;
    return MARGIN.left + Math.min(1, Math.max(0, share)) * this.inner.width;
  }

  y(value) {
    return MARGIN.top + (1 - value / this.top) * this.inner.height;
  }

  /// `points`: [{ t, gap, values: { key: number | null } }] in order; `bands` of the circuit:
  /// [{ from, to, state }]; `to` is the right edge.
  update(points, bands, to) {
    const visible = points.filter(({ t }) => t >= to - WINDOW_MS);
    Object.assign(this, { points: visible, bands, to });
    this.draw();
  }

  draw() {
    if (this.size.width === 0) return;
    const known = this.points.flatMap(({ values }) => Object.values(values))
      .filter((value) => value !== null);
    this.known = known.length > 0;
    const highest = Math.max(this.least, ...known);
    const step = this.whole ? Math.max(1, niceStep(highest)) : niceStep(highest);
    this.top = Math.ceil(highest / step - 1e-9) * step;
    const { width, height } = this.size;
    setAttribute(this.canvas, "viewBox", `0 0 ${width} ${height}`);
    this.drawAxes(step);
    this.bandList.update(this.bands.filter(({ to }) => to > this.to - WINDOW_MS));
    for (const line of this.lines) this.drawLine(line);
    setAttribute(this.empty, "x", MARGIN.left + this.inner.width / 2);
    setAttribute(this.empty, "y", MARGIN.top + this.inner.height / 2);
    setText(this.empty, this.known ? "" : "Nothing in the last 5 minutes");
    this.drawReading();
  }

  drawAxes(step) {
    const levels = Array.from({ length: Math.round(this.top / step) + 1 }, (_, i) => i * step);
    this.gridList.update(levels);
    const minutes = Array.from({ length: WINDOW_MS / MINUTE_MS + 1 }, (_, i) => i);
    this.tickList.update([
      ...levels.map((value) => ({ key: `y${value}`, anchor: "end", x: MARGIN.left - 8,
        y: this.y(value) + 4, text: this.format(Number(value.toPrecision(6))) })),
      ...minutes.map((ago) => ({ key: `x${ago}`, anchor: ago === 0 ? "end" : "middle",
        x: this.x(this.to - ago * MINUTE_MS), y: this.size.height - 5,
        text: ago === 0 ? "now" : ago === 5 && this.inner.width < 260 ? "" : `−${ago} min` })),
    ]);
  }

  gridLine() {
    const node = svg("line", { class: "grid-line" });
    return { node, update: (value, index) => {
      const y = Math.round(this.y(value)) + 0.5;
      setAttribute(node, "class", index === 0 ? "grid-line base" : "grid-line");
      for (const [name, at] of [["x1", MARGIN.left], ["x2", MARGIN.left + this.inner.width],
        ["y1", y], ["y2", y]]) setAttribute(node, name, at);
    } };
  }

  tick() {
    const node = svg("text", { class: "tick" });
    return { node, update: ({ anchor, x, y, text }) => {
      setAttribute(node, "text-anchor", anchor);
      setAttribute(node, "x", x.toFixed(1));
      setAttribute(node, "y", y.toFixed(1));
      setText(node, text);
    } };
  }

  band() {
    const area = svg("rect", {});
    const label = svg("text", { class: "band-label" });
    const node = svg("g", {}, area, label);
    return { node, update: ({ from, to, state }) => {
      const [left, right] = [this.x(from), this.x(to)];
      setAttribute(node, "class", `band band-${state}`);
      for (const [name, value] of [["x", left], ["y", MARGIN.top], ["width", right - left],
        ["height", this.inner.height]]) setAttribute(area, name, value.toFixed(1));
      const text = `circuit ${state}`;
      setAttribute(label, "x", (left + 4).toFixed(1));
      setAttribute(label, "y", MARGIN.top + 12);
      setText(label, right - left > 6.5 * text.length + 6 ? text : "");
    } };
  }

  drawLine({ key, path, fill }) {
    let line = "";
    let area = "";
    let start = null;
    let last = null;
    const base = this.y(0).toFixed(1);
    const close = () => { if (start !== null) area += `L${last} ${base}L${start} ${base}Z`; };
    for (const { t, gap, values } of this.points) {
      const value = values[key];
      if (gap || value === null) {
        close();
        start = null;
        if (value === null) continue;
      }
      const [x, y] = [this.x(t).toFixed(1), this.y(value).toFixed(1)];
      // The short stroke shows a moment that stands alone between two gaps.
      line += start === null ? `M${x} ${y}h.01` : `L${x} ${y}`;
      area += start === null ? `M${x} ${y}` : `L${x} ${y}`;
      start ??= x;
      last = x;
    }
    close();
    setAttribute(path, "d", line);
    if (fill) setAttribute(fill, "d", area);
  }

  /// The point next to the cursor; the latest one without a cursor.
  reading() {
    if (this.cursor.time === null) return this.points.at(-1);
    const near = this.points.reduce((best, each) => (
      !best || Math.abs(each.t - this.cursor.time) < Math.abs(best.t - this.cursor.time)
        ? each : best), null);
    return near && Math.abs(near.t - this.cursor.time) <= 2 * STEP_MS ? near : null;
  }

  drawReading() {
    if (this.size.width === 0) return;
    const chosen = this.cursor.time;
    const point = this.reading();
    const told = [];
    for (const { key, label, dot } of this.lines) {
      const value = point?.values[key] ?? null;
      const text = value === null ? "–" : this.format(value);
      setText(this.values.get(key), text);
      told.push(`${label} ${value === null ? "nothing" : text}`);
      setAttribute(dot, "visibility", chosen === null || value === null ? "hidden" : "visible");
      if (value === null) continue;
      setAttribute(dot, "cx", this.x(point.t).toFixed(1));
      setAttribute(dot, "cy", this.y(value).toFixed(1));
    }
    setAttribute(this.rule, "visibility", chosen === null ? "hidden" : "visible");
    const x = this.x(point?.t ?? chosen ?? this.to).toFixed(1);
    for (const [name, at] of [["x1", x], ["x2", x], ["y1", MARGIN.top],
      ["y2", MARGIN.top + this.inner.height]]) setAttribute(this.rule, name, at);
    const at = point?.t ?? chosen;
    const band = this.bands.find(({ from, to }) => at >= from && at <= to);
    const circuit = band ? ` · circuit ${band.state}` : "";
    setText(this.time, chosen === null ? "\u00a0" : `${clock(at)}${circuit}`);
    const ago = at === null || at === undefined ? 0 : Math.round((at - this.to) / 1000);
    setAttribute(this.plot, "aria-valuenow", ago);
    const when = ago === 0 ? "now" : `${plural(-ago, "second")} ago`;
    setAttribute(this.plot, "aria-valuetext", `${when}: ${told.join(", ")}`);
  }
}
