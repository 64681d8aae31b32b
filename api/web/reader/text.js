/** The canonical text on the page, and where its words are: UTF-16 offsets, as JavaScript's strings count. */

import { element } from "./elements.js";

const MARKED = "highlights" in CSS;

/** Turns ascending code point offsets into `words` into UTF-16 ones. */
function inUnits(words) {
  let points = 0;
  let units = 0;
  return (wanted) => {
    for (; points < wanted; points += 1) units += words.codePointAt(units) > 0xffff ? 2 : 1;
    return units;
  };
}

export class Text {
  #paragraphs = []; // {start, node}: the text node of each, in order

  constructor(container, askedOf) {
    this.container = container;
    this.askedOf = askedOf; // is told the words of a paragraph whose button was pressed
  }

  /** Shows the leaves of the whole text, each paragraph a text node of its own, below the titles of all sections. */
  show(sections, text, language) {
    this.#paragraphs = [];
    this.container.lang = language;
    const parents = new Set(sections.map((section) => section.parent));
    const depths = new Map();
    const blocks = sections.map((section) => {
      const depth = section.parent ? depths.get(section.parent) + 1 : 0;
      depths.set(section.id, depth);
      const level = `h${Math.min(depth + 2, 6)}`;
      const heading = element(level, { id: `at-${section.id}`, tabindex: -1 }, section.title);
      if (section.title_origin === "editorial") heading.append(" ", element("small", { lang: "en" }, "title added by an editor"));
      const paragraphs = parents.has(section.id) ? [] : this.#cut(section, text.slice(section.utf16.start, section.utf16.end));
      return [heading, ...paragraphs];
    });
    this.container.replaceChildren(...blocks.flat());
  }

  #cut(section, words) {
    const units = inUnits(words);
    return section.paragraphs.map((paragraph) => {
      const from = units(paragraph.start - section.start);
      const node = document.createTextNode(words.slice(from, units(paragraph.end - section.start)));
      const start = section.utf16.start + from;
      this.#paragraphs.push({ start, node });
      const number = element("span", { class: "unseen" }, ` ${this.#paragraphs.length}`);
      const button = element("button", { type: "button", lang: "en" }, "What rests on this paragraph", number);
      button.addEventListener("click", () => this.askedOf({ start, end: start + node.length }, button));
      return element("div", { class: "paragraph" }, element("p", {}, node), button);
    });
  }

  /** Where the words between two offsets are on the page: a range in each paragraph that has some of them. */
  ranges(start, end) {
    const having = this.#paragraphs.filter((paragraph) => paragraph.start < end && start < paragraph.start + paragraph.node.length);
    return having.map(({ start: first, node }) => {
      const range = new Range();
      range.setStart(node, Math.max(0, start - first));
      range.setEnd(node, Math.min(node.length, end - first));
      return range;
    });
  }

  /** The words that are selected, or where the caret stands (start and end are one), or null outside of the text. */
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const inside = this.#paragraphs.filter(({ node }) => range.intersectsNode(node));
    if (!inside.length) return null;
    const [first, last] = [inside[0], inside.at(-1)];
    const start = first.start + (range.startContainer === first.node ? range.startOffset : 0);
    const end = last.start + (range.endContainer === last.node ? range.endOffset : last.node.length);
    const words = { start: whole(first, start, 0), end: whole(last, end, 1) };
    return range.collapsed || words.start < words.end ? words : null;
  }

  /** Marks words as `asked` or `chosen`, instead of those that were; null unmarks. Gives the first range. */
  mark(name, words) {
    const ranges = words ? this.ranges(words.start, words.end) : [];
    const [first, last] = [ranges[0], ranges.at(-1)];
    if (MARKED) CSS.highlights.set(name, new Highlight(...ranges));
    else if (first) getSelection().setBaseAndExtent(first.startContainer, first.startOffset, last.endContainer, last.endOffset);
    return first;
  }
}

/** Moves an offset out of the middle of a surrogate pair: `after` it, or before. */
function whole({ start, node }, offset, after) {
  const inPair = /^[\ud800-\udbff][\udc00-\udfff]$/.test(node.data.slice(offset - start - 1, offset - start + 1));
  return inPair ? offset + (after ? 1 : -1) : offset;
}

export function scrollTo(target) {
  const { top } = target.getBoundingClientRect();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollBy({ top: top - innerHeight * 0.22, behavior: calm ? "instant" : "smooth" });
}
