// What belongs to no database: the supervision tree and the last reload.

import { el, Icon, Listed, setAttribute, setText, show } from "./dom.js";
import { moment, plural, stopwatch } from "./format.js";

const CHILD_LEVELS = { running: "ok", starting: "note", restarting: "warn", stopping: "note",
  stopped: "idle", failed: "bad" };

/// One child and, below it, its own.
class Child {
  constructor() {
    this.icon = new Icon();
    [this.name, this.kind, this.state, this.restarts, this.reason] = ["name", "kind", "state",
      "restarts", "reason"].map((each) => el("span", { class: `child-${each}` }));
    this.below = el("ul", { class: "tree" });
    this.children = new Listed(this.below, ({ name }) => name, () => new Child());
    this.node = el("li", {}, el("div", { class: "child" }, this.icon.node, this.name, this.kind,
      this.state, this.restarts, this.reason), this.below);
  }

  update({ child, now }) {
    this.icon.set(CHILD_LEVELS[child.state] ?? "warn");
    setText(this.name, child.name);
    setText(this.kind, child.kind === child.name ? "" : child.kind);
    const age = stopwatch(now - Date.parse(child.since));
    setText(this.state, `${child.state} for ${age}`);
    const { restarts_total: restarts, last_reason: reason } = child;
    setText(this.restarts, restarts > 0 ? plural(restarts, "restart") : "");
    setAttribute(this.restarts, "data-level", restarts > 0 && "warn");
    setText(this.reason, reason ? `last end: ${reason}` : "");
    show(this.below, child.children.length > 0);
    this.children.update(child.children.map((each) => ({ name: each.name, child: each, now })));
  }
}

export class TreeCard {
  constructor() {
    this.list = el("ul", { class: "tree" });
    this.root = new Child();
    this.list.append(this.root.node);
    this.node = el("section", { class: "card" },
      el("div", { class: "card-head" }, el("h3", {}, "Supervision tree")), this.list);
  }

  update({ tree, time }) {
    this.root.update({ child: tree, now: Date.parse(time) });
  }
}

const TRIGGERS = { file: "a change of the file", signal: "a signal", message: "a message" };

export class ReloadCard {
  constructor() {
    this.icon = new Icon();
    this.what = el("span", {});
    this.headline = el("p", { class: "big" }, this.icon.node, this.what);
    [this.when, this.reason, this.none, this.totals] = [el("p", { class: "sub" }),
      el("p", { class: "quote error" }),
      el("p", { class: "empty" }, "The configuration has not been reloaded since the start."),
      el("p", { class: "foot" })];
    this.changes = el("ul", { class: "changes" });
    this.list = new Listed(this.changes, (text) => text, (text) => (
      { node: el("li", {}, text), update: () => {} }));
    this.node = el("section", { class: "card" },
      el("div", { class: "card-head" }, el("h3", {}, "Last reload")),
      this.headline, this.when, this.reason, this.changes, this.none, this.totals);
  }

  update({ reload, time }) {
    const { last } = reload;
    for (const node of [this.headline, this.when]) show(node, last !== null);
    show(this.none, last === null);
    show(this.reason, Boolean(last && !last.applied));
    show(this.changes, Boolean(last?.changes.length));
    show(this.totals, reload.applied_total + reload.refused_total > 0);
    setText(this.totals, `${plural(reload.applied_total, "reload")} applied · `
      + `${reload.refused_total} refused since the start`);
    if (!last) return;
    this.icon.set(last.applied ? "ok" : "warn");
    setText(this.what, last.applied ? "applied" : "refused");
    setAttribute(this.headline, "data-level", last.applied ? "ok" : "warn");
    setText(this.when, `at ${moment(last.at, time)}, by ${TRIGGERS[last.trigger] ?? last.trigger}`
      + (last.applied && last.changes.length === 0 ? "; nothing had changed" : ""));
    setText(this.reason, last.reason);
    this.list.update(last.changes);
  }
}
