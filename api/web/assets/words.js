// Words that a reader points at or selects: where they stand, and what rests on them.

import { close, keepInSight, show } from "./cards.js";
import { say, words } from "./page.js";

const text = document.querySelector(".text");
let asking = null;

/** Offset of a place in the text, in code points of the whole document; null outside its paragraphs. */
function offset(node, at) {
  const paragraph = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".paragraph");
  const place = paragraph?.querySelector(".place");
  if (!place || place.contains(node)) return null;
  const before = new Range();
  before.setStartAfter(place);
  before.setEnd(node, at);
  return Number(paragraph.dataset.start) + [...before.toString()].length;
}

/** The span that is selected, or null. */
export function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !text.contains(selection.anchorNode)) return null;
  const range = selection.getRangeAt(0);
  const start = offset(range.startContainer, range.startOffset);
  const end = offset(range.endContainer, range.endOffset);
  return start !== null && end !== null && start < end ? [start, end] : null;
}

/** The span of the letter at a point of the screen, or null. */
export function pointed(event) {
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const node = caret?.offsetNode;
  if (node?.nodeType !== Node.TEXT_NODE || caret.offset >= node.length) return null;
  const at = offset(node, caret.offset);
  return at === null ? null : [at, at + 1];
}

/** The range of a span within one paragraph, for marking it. */
function rangeOf(paragraph, start, end) {
  const range = new Range();
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  let at = Number(paragraph.dataset.start);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(".place")) continue;
    const letters = [...node.data];
    const unit = (place) => letters.slice(0, place - at).join("").length;
    if (start >= at && start <= at + letters.length) range.setStart(node, unit(start));
    if (end >= at && end <= at + letters.length) range.setEnd(node, unit(end));
    at += letters.length;
  }
  return range;
}

function mark(paragraph, start, end) {
  const range = rangeOf(paragraph, start, end);
  CSS.highlights?.set("asked", new Highlight(range));
  return range;
}

/** Shows what rests on the span, or on the sentence around it; the page of these words is the server's answer. */
export async function ask([start, end], paragraph, origin, expand = "") {
  asking?.abort();
  asking = new AbortController();
  const path = `${text.dataset.at}/@${start}-${end}`;
  try {
    const answer = await fetch(path + expand, { headers: { Accept: "text/html" }, signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const records = page.getElementById("records");
    const { start: first, end: last } = records.dataset;
    close(false);
    const range = mark(paragraph, Number(first), Number(last));
    const link = document.createElement("a");
    link.href = `${text.dataset.at}/@${first}-${last}`;
    link.textContent = words("open");
    show([...records.children, link].map((node) => document.adoptNode(node)), origin ?? paragraph.querySelector(".place"));
    keepInSight(range);
  } catch (error) {
    if (error.name !== "AbortError") say(words("offline"));
  }
}
