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

/** Shows what rests on the span; the page of these words is the answer of the server. */
export async function ask([start, end], near) {
  asking?.abort();
  asking = new AbortController();
  const path = `${text.dataset.at}/@${start}-${end}`;
  try {
    const answer = await fetch(path, { headers: { Accept: "text/html" }, signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    close(false);
    near.setAttribute("aria-current", "true");
    const link = document.createElement("a");
    link.href = path;
    link.textContent = words("open");
    show([...page.querySelectorAll("#records > *"), link].map((node) => document.adoptNode(node)), near.querySelector(".place"));
    keepInSight(near.getBoundingClientRect().height < innerHeight / 2 ? near : near.querySelector(".place"));
  } catch (error) {
    if (error.name !== "AbortError") say(words("offline"));
  }
}
