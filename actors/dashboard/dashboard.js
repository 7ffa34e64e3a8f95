// The page as a whole: asks the service and hands what it says to those who show it.

import { DatabasePanel } from "./database.js";
import { el, Icon, Listed, setAttribute, setText, show } from "./dom.js";
import { clock, count, countdown, latency, short, span, stopwatch } from "./format.js";
import { History } from "./history.js";
import { ReloadCard, TreeCard } from "./runtime.js";
import { Poller, token } from "./service.js";
import { Tabs } from "./tabs.js";
import { problemsOf, verdict, worst } from "./verdict.js";

const MOST_PROBLEMS = 8;
const at = (id) => document.getElementById(id);

class Verdict {
  constructor() {
    this.icon = new Icon("note");
    at("verdict-icon").append(this.icon.node);
    this.list = new Listed(at("problems"), ({ where, text }) => `${where} ${text}`,
      (problem) => this.problem(problem));
  }

  problem({ level }) {
    const icon = new Icon(level);
    const [where, text, detail] = ["where", "text", "detail"].map((each) => (
      el("span", { class: `problem-${each}` })));
    const node = el("li", {}, icon.node, el("div", {}, where, text, " ", detail));
    return { node, update: (problem) => {
      icon.set(problem.level);
      setText(where, problem.where ? `${problem.where}: ` : "");
      setText(text, problem.text);
      setText(detail, problem.detail);
    } };
  }

  /// `spoken` is read out when it changes, so it has no figures that run.
  show({ level, headline, summary = "", problems = [] }) {
    setAttribute(at("verdict"), "data-level", level);
    this.icon.set(level);
    setText(at("headline"), headline);
    setText(at("summary"), summary);
    const left = problems.length - MOST_PROBLEMS;
    const more = { level: "note", where: "", text: `and ${left} more`, detail: "" };
    const shown = left > 0 ? [...problems.slice(0, MOST_PROBLEMS), more] : problems;
    this.list.update(shown);
    show(at("problems"), shown.length > 0);
    const texts = shown.map(({ where, text }) => `${where} ${text}`);
    setText(at("spoken"), [headline, ...texts].join(". "));
    const sign = { ok: "✓", warn: "!", bad: "✕" }[level];
    document.title = `${sign} ${at("service").textContent}: ${headline}`;
  }
}

class Page {
  constructor() {
    this.verdict = new Verdict();
    this.past = new History();
    this.tabs = new Tabs(at("tabs"), at("panels"), (name) => new DatabasePanel(name),
      () => this.understand(() => this.draw(this.latest)));
    this.cards = [new TreeCard(), new ReloadCard()];
    at("runtime").append(...this.cards.map(({ node }) => node));
    this.poller = new Poller(this);
    this.latest = null; // snapshot
    this.lastAnswer = null; // by the reader's clock
    this.silence = null; // { error, since, retryAt } while the service does not answer
    at("again").addEventListener("click", () => this.poller.start());
    at("token-form").addEventListener("submit", (event) => this.tokenGiven(event));
    at("forget").addEventListener("click", () => {
      token.forget();
      location.reload();
    });
    setInterval(() => this.drawSilence(), 1000);
    this.poller.start();
  }

  // Of the poller.

  history(answer) {
    this.understand(() => this.past.add(answer));
  }

  snapshot(snapshot) {
    if (this.latest && this.latest.started !== snapshot.started) {
      this.past.clear(); // another process: its counters began anew
      this.poller.forgetHistory();
    }
    this.latest = snapshot;
    this.lastAnswer = Date.now();
    this.silence = null;
    show(at("token-form"), false);
    show(at("verdict"), true);
    this.understand(() => this.draw(snapshot));
  }

  understand(action) {
    try {
      action();
    } catch (error) {
      console.error(error);
      this.verdict.show({ level: "bad", headline: "This page does not understand the service",
        summary: `Are they of the same version? ${error.message}` });
    }
  }

  failure(error, retryAt) {
    this.silence = { error, retryAt, since: this.silence?.since ?? Date.now() };
    this.drawSilence();
  }

  tokenWanted(refused) {
    this.silence = null;
    token.forget();
    for (const id of ["content", "verdict", "about", "links", "forget"]) show(at(id), false);
    show(at("token-form"), true);
    show(at("token-refused"), refused);
    setText(at("token-refused"), refused ? "That token was not accepted." : "");
    setText(at("contact"), "");
    at("token").focus();
  }

  tokenGiven(event) {
    event.preventDefault();
    token.set(at("token").value);
    at("token").value = "";
    this.poller.start();
  }

  // Drawing.

  draw(snapshot) {
    this.drawHead(snapshot);
    const recent = (name) => this.past.recent(name);
    const judged = verdict(snapshot, recent);
    this.verdict.show({ ...judged, summary: this.summary(snapshot, judged.problems) });
    const now = Date.parse(snapshot.time);
    this.tabs.update(snapshot.databases.map((database) => {
      const level = worst(problemsOf(database, recent(database.name)));
      return { name: database.name, level, figures: this.figures(database) };
    }));
    for (const database of snapshot.databases) {
      const panel = this.tabs.panel(database.name);
      panel.update(database);
      if (!panel.node.hidden) panel.updateCharts(this.past, now);
    }
    show(at("no-database"), snapshot.databases.length === 0);
    for (const card of this.cards) card.update(snapshot);
    show(at("content"), true);
    show(at("again"), false);
    setAttribute(document.body, "data-stale", false);
    // A link does not bring the token along.
    show(at("links"), token.get() === null);
    show(at("forget"), token.get() !== null);
    setText(at("contact"), `updated ${clock(this.lastAnswer)}`);
  }

  drawHead({ service, profile, version, uptime_ms: uptime, first_answer_ms: first, host, pid }) {
    setText(at("service"), service);
    setText(at("profile"), profile);
    show(at("profile"), profile !== "");
    setText(at("version"), version);
    setText(at("uptime"), span(uptime));
    setText(at("first-answer"), first === null ? "none yet" : latency(first));
    setText(at("process"), `${pid} on ${host}`);
    show(at("about"), true);
  }

  figures({ name, pool }) {
    const recent = this.past.recent(name, 10_000);
    const used = pool.busy + pool.exclusive + pool.leased;
    const rate = recent ? `${short(recent.answered / recent.seconds)}/s · ` : "";
    return `${rate}${count(used)} of ${count(pool.max)}`;
  }

  summary({ ready, not_ready_because: because, databases }, problems) {
    // A problem below says it, with more about it.
    if (!ready) return problems.some(({ level }) => level === "bad") ? "" : because;
    const recent = databases.map(({ name }) => this.past.recent(name, 10_000))
      .filter((each) => each !== null);
    if (recent.length === 0) return "";
    const rate = recent.reduce((sum, each) => sum + each.answered / each.seconds, 0);
    const slowest = Math.max(...recent.map(({ p99 }) => p99));
    const p99 = slowest > 0 ? ` · p99 ${latency(slowest)}` : "";
    return `${short(rate)} requests answered per second${p99}`;
  }

  drawSilence() {
    if (!this.silence || document.hidden) return;
    const { error, since, retryAt } = this.silence;
    const old = this.lastAnswer ? `; what is below was true at ${clock(this.lastAnswer)}` : "";
    this.verdict.show({ level: "bad", headline: "The service does not answer",
      summary: `${error.message}, for ${stopwatch(Date.now() - since)}${old}` });
    setAttribute(document.body, "data-stale", this.lastAnswer !== null);
    show(at("again"), true);
    const left = retryAt - Date.now();
    setText(at("contact"), left > 0 ? `next try in ${countdown(left)}` : "trying …");
  }
}

new Page();
