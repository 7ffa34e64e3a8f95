// What happened lately: the service's samples, and rates made of their counters.

const KEPT_MS = 300_000;

export class History {
  constructor() {
    this.clear();
  }

  clear() {
    this.interval = 1000;
    this.samples = [];
  }

  /// Takes what /history answers; samples that are known already count once.
  add(answer) {
    this.interval = answer.interval_ms;
    const known = new Map(this.samples.map((sample) => [sample.t, sample]));
    for (const sample of answer.samples) known.set(sample.t, sample);
    const all = [...known.values()].sort((a, b) => a.t - b.t);
    const oldest = (all.at(-1)?.t ?? 0) - KEPT_MS - 2 * this.interval;
    this.samples = all.filter((sample) => sample.t >= oldest);
  }

  get latest() {
    return this.samples.at(-1)?.t ?? null;
  }

  /// For each pair of neighbouring samples of a database: what was counted in between, per second.
  /// `gap` says that the figures before it do not lead up to these: samples are missing, or the
  /// counters began anew.
  points(name) {
    const points = [];
    let before = null;
    for (const { t, databases } of this.samples) {
      const now = databases[name];
      if (now && before) {
        const seconds = (t - before.t) / 1000;
        const missing = t - before.t > 2.5 * this.interval;
        const anew = now.requests < before.of.requests;
        const rate = (counter) => (now[counter] - before.of[counter]) / seconds;
        points.push({
          t,
          gap: missing || anew,
          sample: now,
          rates: missing || anew ? null : {
            answered: rate("answered"),
            failed: rate("failed"),
            refused: rate("refused"),
            shed: rate("shed"),
          },
        });
      }
      before = now ? { t, of: now } : null;
    }
    return points;
  }

  /// Sums of the last minute, and its greatest p99 of a second; null when there is nothing to sum.
  recent(name, span = 60_000) {
    const within = this.samples.filter((sample) => sample.t >= this.latest - span);
    const sums = { answered: 0, failed: 0, refused: 0, shed: 0, seconds: 0, p99: 0 };
    for (let i = 1; i < within.length; ++i) {
      const [a, b] = [within[i - 1].databases[name], within[i].databases[name]];
      if (!a || !b || b.requests < a.requests) continue;
      for (const key of ["answered", "failed", "refused", "shed"]) sums[key] += b[key] - a[key];
      sums.p99 = Math.max(sums.p99, b.p99_ms ?? 0);
      sums.seconds += (within[i].t - within[i - 1].t) / 1000;
    }
    return sums.seconds > 0 ? sums : null;
  }
}
