"""Judges in the page what a person with weak eyes, or with thick thumbs, would."""

# Texts whose contrast is below what WCAG 2.1 AA asks for: [text, contrast, colour, ground].
CONTRASTS = r"""
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
const known = new Map();
const rgba = (colour) => {
  if (!known.has(colour)) known.set(colour, parsed(colour));
  return known.get(colour);
};
const parsed = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
const light = (colour) => colour.map((c) => c / 255)
  .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const groundOf = (node) => {
  const layers = [];
  for (let at = node; at; at = at.parentElement) {
    layers.push(rgba(getComputedStyle(at).backgroundColor));
  }
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
};
const poor = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode.parentElement;
  const text = texts.currentNode.textContent.trim();
  if (!text || !node.checkVisibility() || node.closest('script, .unseen')) continue;
  const style = getComputedStyle(node);
  const colour = node.closest('svg') ? style.fill : style.color;
  const ground = groundOf(node.closest('svg')?.parentElement ?? node);
  const [a, b] = [light(over(rgba(colour), ground)), light(ground)].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  if (contrast < (large ? 3 : 4.5)) poor.push([text, contrast.toFixed(2), colour, String(ground)]);
}
return poor;
"""

# What one presses or types into and is lower or narrower than arguments[0] pixels: [what, width,
# height]. A link within a sentence is as high as its line (WCAG 2.1, 2.5.5); one whose ::after is
# laid over a card is as large as that.
SMALL_TARGETS = r"""
const small = [];
const inSentence = (link) => getComputedStyle(link).display === 'inline'
  && link.parentElement.textContent.trim() !== link.textContent.trim();
for (const each of document.querySelectorAll('a[href], button, input, select, textarea')) {
  if (each.type === 'hidden' || !each.checkVisibility()) continue;
  if (each.tagName === 'A' && inSentence(each)) continue;
  const covers = getComputedStyle(each, '::after').position === 'absolute';
  const { width, height, right } = (covers ? each.offsetParent : each).getBoundingClientRect();
  if (right < 0) continue;  // shown when it has the focus
  if (width < arguments[0] || height < arguments[0]) {
    small.push([each.textContent.trim() || each.name, width, height]);
  }
}
return small;
"""
