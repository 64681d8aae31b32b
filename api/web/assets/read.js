// Live reading: marks open their cards, words are asked about, keys move from mark to mark.

import { card, close, current, isOpen, open } from "./cards.js";
import { copy, say, typing, words } from "./page.js";
import { ask, pointed, selected } from "./words.js";

const text = document.querySelector(".text");
const keys = document.getElementById("keys");
const marks = [...text.querySelectorAll("a.m[data-ids]")].filter((mark) => mark.getAttribute("href").startsWith("#"));

function remember(id) {
  history.replaceState(null, "", `#${id}`);
}

text.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const link = event.target.closest("a");
  const mark = event.target.closest("a.m");
  const paragraph = event.target.closest(".paragraph");
  if (link && !mark) return;
  const span = selected();
  if (span && paragraph) {
    event.preventDefault();
    ask(span, paragraph);
  } else if (mark && marks.includes(mark)) {
    event.preventDefault();
    if (open(mark)) remember(mark.hash.slice(1));
  } else if (mark) {
    event.preventDefault();
    ask(mark.pathname.split("@").pop().split("-").map(Number), paragraph, mark);
  } else if (paragraph) {
    const point = pointed(event);
    if (!point) return;
    event.preventDefault();
    ask(point, paragraph, null, "?expand=sentence");
  }
});

/** Goes to the next mark, or to the one before. */
function step(by) {
  const here = current();
  let at = here ? marks.indexOf(here) : -1;
  if (at < 0) {
    const below = marks.findIndex((mark) => mark.getBoundingClientRect().top > 80);
    at = (below < 0 ? marks.length : below) - (by > 0 ? 1 : 0);
  }
  const next = marks[at + by];
  if (!next) return;
  next.scrollIntoView({ block: "center", behavior: "instant" });
  if (open(next)) remember(next.hash.slice(1));
}

const hits = [...text.querySelectorAll("mark[id]")];
const steps = document.getElementById("steps");
let hit = -1;

/** Goes to the next place of the words that were looked for, or to the one before. */
function stepHit(by) {
  if (!hits.length) return;
  steps.className = "going"; // the buttons stay on the screen while the text is gone through
  if (hit < 0) hit = hits.indexOf(text.querySelector("mark:target"));
  hit = hit < 0 && by < 0 ? hits.length - 1 : (hit + by + hits.length) % hits.length;
  hits[hit].scrollIntoView({ block: "center", behavior: "instant" });
  hits[hit].focus({ preventScroll: true });
  say(`${words("hit")} ${hit + 1} / ${hits.length}`);
}

if (hits.length) {
  steps.className = "";
  document.getElementById("next-hit").addEventListener("click", () => stepHit(1));
  document.getElementById("previous-hit").addEventListener("click", () => stepHit(-1));
}

function cite() {
  const shown = card();
  if (!shown) return;
  const who = shown.querySelector(".who").textContent.trim();
  const quote = shown.querySelector("blockquote a");
  copy(`${quote.textContent} (${who}; ${document.querySelector("h1").firstChild.textContent.trim()}, ${new URL(quote.href).href})`);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !keys.open && isOpen()) { close(); return; }
  if (typing(event) || keys.open) return;
  const does = { j: () => step(1), k: () => step(-1), c: cite, n: () => stepHit(1), N: () => stepHit(-1), "?": () => keys.showModal() }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

function openAddressed() {
  const id = decodeURIComponent(location.hash.slice(1));
  const mark = id && marks.find((each) => each.dataset.ids.split(" ").includes(id));
  if (mark) {
    mark.scrollIntoView({ block: "center", behavior: "instant" });
    open(mark, false);
  }
}

addEventListener("hashchange", openAddressed);
openAddressed();

const entries = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
const observer = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    for (const link of entries.values()) link.removeAttribute("aria-current");
    entries.get(target.getAttribute("aria-labelledby"))?.setAttribute("aria-current", "location");
  }
}, { rootMargin: "-20% 0px -70% 0px" });
for (const section of text.querySelectorAll("section[aria-labelledby]")) observer.observe(section);
