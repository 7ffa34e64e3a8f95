// One panel for each database; with several, a tab for each that tells how it is.

import { el, Icon, Listed, setAttribute, setText, show } from "./dom.js";

const RANK = { bad: 0, warn: 1, ok: 2 };

export class Tabs {
  /// `makePanel(name)` gives an object with a `node`; `onChoose` draws what was hidden.
  constructor(bar, panels, makePanel, onChoose) {
    Object.assign(this, { bar, makePanel, onChoose, chosen: null, order: [] });
    this.views = new Map();
    this.tabList = new Listed(bar, ({ name }) => name, (item) => this.tab(item));
    this.panelList = new Listed(panels, ({ name }) => name, (item) => this.view(item));
    bar.addEventListener("keydown", (event) => this.key(event));
  }

  panel(name) {
    return this.views.get(name);
  }

  tab({ name }) {
    const icon = new Icon();
    const [label, figures] = ["tab-name", "tab-figures"].map((each) => el("span", { class: each }));
    const node = el("button", { type: "button", role: "tab" }, icon.node, label, figures);
    node.addEventListener("click", () => this.choose(name));
    return { node, update: (item, index) => {
      icon.set(item.level);
      setText(label, item.name);
      setText(figures, item.figures);
      setAttribute(node, "id", `tab-${index}`);
      setAttribute(node, "aria-controls", `panel-${index}`);
      setAttribute(node, "aria-selected", String(item.name === this.chosen));
      setAttribute(node, "tabindex", item.name === this.chosen ? 0 : -1);
    } };
  }

  view({ name }) {
    const panel = this.makePanel(name);
    this.views.set(name, panel);
    return { node: panel.node, update: (item, index) => {
      setAttribute(panel.node, "id", `panel-${index}`);
      setAttribute(panel.node, "role", this.order.length > 1 && "tabpanel");
      show(panel.node, item.name === this.chosen);
    } };
  }

  /// Whoever comes without a wish sees the database that is worst off.
  update(items) {
    this.order = items.map(({ name }) => name);
    if (!this.order.includes(this.chosen)) {
      const wish = this.order.find((name) => location.hash === `#${encodeURIComponent(name)}`);
      const worst = [...items].sort((a, b) => RANK[a.level] - RANK[b.level])[0]?.name ?? null;
      this.chosen = wish ?? worst;
    }
    for (const name of this.views.keys()) if (!this.order.includes(name)) this.views.delete(name);
    this.panelList.update(items);
    this.tabList.update(items);
    show(this.bar, items.length > 1);
  }

  choose(name) {
    this.chosen = name;
    history.replaceState(null, "", `#${encodeURIComponent(name)}`);
    this.onChoose();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = this.order.indexOf(this.chosen) + step;
    this.choose(this.order.at(index % this.order.length));
    this.bar.querySelector("[aria-selected=true]").focus();
  }
}
