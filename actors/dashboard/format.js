// Figures as a person reads them: three significant digits, a unit, thin spaces between thousands.

const THIN = "\u202f";
const NB = "\u00a0"; // a figure and its unit stay on one line

export function count(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, THIN);
}

/// 0.42, 4.2, 42, 420
export function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 0.01) return value.toExponential(0);
  if (size >= 99.95) return count(value);
  const digits = size < 0.995 ? 2 : size < 9.95 ? 1 : 0;
  return value.toFixed(digits).replace(/\.0+$/, "");
}

/// How long a measured step took; from milliseconds.
export function latency(milliseconds) {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return "–";
  if (milliseconds >= 60_000) return span(milliseconds);
  if (milliseconds >= 1000) return `${short(milliseconds / 1000)}${NB}s`;
  if (milliseconds > 0 && milliseconds < 0.1) return `${short(milliseconds * 1000)}${NB}µs`;
  return `${short(milliseconds)}${NB}ms`;
}

function two(larger, unit, smaller, smallerUnit) {
  return `${larger}${NB}${unit}${smaller > 0 ? ` ${smaller}${NB}${smallerUnit}` : ""}`;
}

/// A span a person waits or counts in; from milliseconds.
export function span(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (milliseconds < 1000) return `${Math.round(milliseconds)}${NB}ms`;
  if (seconds < 10) return `${Math.floor(milliseconds / 100) / 10}${NB}s`;
  if (seconds < 60) return `${seconds}${NB}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return two(minutes, "min", seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return two(hours, "h", minutes % 60, "min");
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function wholeSeconds(seconds) {
  return seconds < 10 ? `${Math.max(0, seconds)}${NB}s` : span(seconds * 1000);
}

/// In whole seconds, as these are read while they run.
export function stopwatch(milliseconds) {
  return wholeSeconds(Math.floor(milliseconds / 1000));
}

export function countdown(milliseconds) {
  return wholeSeconds(Math.ceil(milliseconds / 1000));
}

export function percent(part, whole) {
  if (!whole) return "–";
  const value = (100 * part) / whole;
  return `${value > 99 && value < 100 ? "> 99" : short(value)}${NB}%`;
}

/// The reader's own clock.
export function clock(time) {
  return new Date(time).toLocaleTimeString("en-GB");
}

export function moment(time, now) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const day = new Date(now).toDateString() === date.toDateString();
  return day ? clock(date) : `${date.toLocaleDateString("en-CA")} ${clock(date)}`;
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}
