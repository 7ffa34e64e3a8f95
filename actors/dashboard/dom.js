// Elements by calls. What the service says goes in as text nodes only, so a statement that is named
// like markup shows as its name; and the Content-Security-Policy allows no other way for styles.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat().filter((child) => child !== null));
  return node;
}

/// An HTML element; children are nodes or strings.
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/// False and null take an attribute away. Nothing is touched that stays as it is: the page is
/// refreshed each second, and a person may be selecting text in it.
export function setAttribute(node, name, value) {
  if (value === false || value === null || value === undefined) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

export function setText(node, value) {
  const text = String(value);
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

/// Children of a node that follow a list: each item has a key and keeps its element while it is in
/// the list. `create(item)` gives { node, update(item) }.
export class Listed {
  constructor(parent, keyOf, create) {
    this.parent = parent;
    this.keyOf = keyOf;
    this.create = create;
    this.entries = new Map();
  }

  update(items) {
    const kept = new Map();
    items.forEach((item, index) => {
      let key = this.keyOf(item);
      while (kept.has(key)) key += "\u0000"; // two of one name stay two
      const entry = this.entries.get(key) ?? this.create(item);
      this.entries.delete(key);
      kept.set(key, entry);
      entry.update(item, index);
    });
    for (const { node } of this.entries.values()) node.remove();
    this.entries = kept;
    let place = this.parent.firstElementChild;
    for (const { node } of kept.values()) {
      if (node === place) place = place.nextElementSibling;
      else this.parent.insertBefore(node, place);
    }
  }
}

// Drawn on 16 x 16. Each level has a shape of its own, since not everybody sees its colour.
const SHAPES = {
  ok: [
    ["circle", { cx: 8, cy: 8, r: 7.25, class: "icon-body" }],
    ["path", { d: "M4.6 8.3 7 10.7l4.5-5", class: "icon-mark" }],
  ],
  warn: [
    ["path", { d: "M8 1.4 15.2 14.4H.8Z", class: "icon-body" }],
    ["path", { d: "M8 6v4M8 12v.4", class: "icon-mark" }],
  ],
  bad: [
    ["path", { d: "M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z", class: "icon-body" }],
    ["path", { d: "m5.5 5.5 5 5m0-5-5 5", class: "icon-mark" }],
  ],
  note: [
    ["circle", { cx: 8, cy: 8, r: 7.25, class: "icon-body" }],
    ["path", { d: "M8 7.4v4M8 4.6v.3", class: "icon-mark" }],
  ],
  idle: [["circle", { cx: 8, cy: 8, r: 6.5, class: "icon-ring" }]],
};

const MEANINGS = { ok: "well", warn: "warning", bad: "failure", note: "note", idle: "not running" };

/// A sign for a level, with a name for those who hear the page.
export class Icon {
  constructor(level = "idle") {
    this.node = svg("svg", { viewBox: "0 0 16 16", role: "img" });
    this.set(level);
  }

  set(level) {
    if (this.level === level) return;
    this.level = level;
    setAttribute(this.node, "class", `icon icon-${level}`);
    setAttribute(this.node, "aria-label", MEANINGS[level]);
    this.node.replaceChildren(...SHAPES[level].map(([tag, attributes]) => svg(tag, attributes)));
  }
}
