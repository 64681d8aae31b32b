/** The reader page: a client of the public API and nothing else. */

import { addressOf, stateOf } from "./address.js";
import { Api, pause, Problem } from "./asking.js";
import { counted, element, part, quoted } from "./elements.js";
import { Panel } from "./panel.js";
import { wordsOf } from "./records.js";
import { Suggestions } from "./suggestions.js";
import { scrollTo, Text } from "./text.js";

const RESTARTS = 5; // processes that do not agree on the content are no reason to ask for ever

const api = new Api(document.body.dataset.root, (problem, seconds) =>
  say(problem ? `${problem.title}: ${problem.message} Asking again in ${seconds} s.` : ""),
);
const panel = new Panel(api);
const text = new Text(part("words-of-the-text"), askFrom);
const always = new AbortController().signal;
let asking = new AbortController(); // what the address asks for; the next address ends it
let reading = {}; // document, first, total; sentences and covered once a sentence was clicked
let restarts = 0;
let opener = null; // what asked, and gets the focus back
let focusing = false;

function say(words) {
  part("notice").textContent = words;
}

const guarded = (act) => (...given) => act(...given).catch(failed);

async function failed(error) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Problem)) throw error;
  say(`${error.title}: ${error.message}`);
  if (!error.stale || restarts === RESTARTS) return;
  say("The content was replaced. It is read again.");
  restarts += 1;
  await pause(restarts - 1, always);
  api.moveTo(error.snapshot);
  reading = {};
  await render();
}

/** Shows what the address asks for: the document, then the list, then the place in the text. */
const render = guarded(async () => {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const state = stateOf(location.hash);
  if (!restarts) say("");
  if (!api.links) await api.open(signal);
  await read(state.document, signal);
  const { q = "", start, end } = state;
  part("words").value = q;
  text.mark("asked", start && !q ? { start: Number(start), end: Number(end) } : null);
  await panel.show(state, reading, signal);
  if (focusing) part("panel-title").focus();
  focusing = false;
  await goTo(state, signal);
  restarts = 0;
});

function go(state) {
  if (location.hash === addressOf(state)) render();
  else location.hash = addressOf(state);
}

async function read(id, signal) {
  if (reading.document && reading.document.id === (id ?? reading.first)) return;
  const { data, meta } = await api.ask(api.links.documents, { limit: 1 }, signal);
  if (!meta.total) throw new Problem({ title: "No document", detail: "Nothing has been loaded here yet." });
  const record = id ? (await api.ask(`${api.links.documents}/${id}`, {}, signal)).data : data[0];
  const sections = await api.all(api.links.sections, { document: record.id }, signal);
  const words = await api.text(record.links.text, signal);
  reading = { document: record, first: data[0].id, total: meta.total, otherDocuments: null };
  document.title = `${record.label} · sic`;
  part("label").textContent = record.label;
  const [title, author] = [record.title ? `the title ${quoted(record.title)}` : "no title", record.author ?? "no author"];
  part("stated").textContent = `A name given by an editor. The text states ${title} and ${author}.`;
  part("note").textContent = record.note;
  part("about").hidden = !record.note;
  part("hint").hidden = false;
  part("raw").href = record.links.text;
  part("json").href = record.links.self;
  part("documents").hidden = meta.total < 2;
  part("documents").open = false;
  part("documents-count").textContent = counted(meta.total, "document");
  part("documents-list").replaceChildren();
  showContents(sections, record);
  text.show(sections, words, record.language);
}

function showContents(sections, { id: document, language }) {
  const list = part("sections");
  const lists = new Map([[null, list]]);
  list.replaceChildren();
  list.lang = language;
  for (const { id, title, title_origin, parent } of sections) {
    const added = title_origin === "editorial";
    const words = added ? [`[${title}]`, element("span", { class: "unseen", lang: "en" }, " added by an editor")] : [title];
    const item = element("li", {}, element("a", { href: addressOf({ document, section: id }) }, ...words));
    const above = lists.get(parent);
    lists.set(id, item);
    if (above === list) list.append(item);
    else (above.querySelector("ol") ?? above.appendChild(element("ol"))).append(item);
  }
  part("contents").hidden = false;
  part("added").hidden = !sections.some(({ title_origin }) => title_origin === "editorial");
}

const addDocuments = guarded(async () => {
  const of = reading;
  const next = of.otherDocuments;
  const page = next ? await api.follow(next, always) : await api.ask(api.links.documents, {}, always);
  if (reading !== of || of.otherDocuments !== next) return; // another answer was sooner
  of.otherDocuments = page.links.next;
  const items = page.data.map(({ id, label }) => element("li", {}, element("a", { href: addressOf({ document: id }) }, label)));
  part("documents-list").append(...items);
  part("documents-more").hidden = !page.links.next;
});

/** Marks the record that is chosen and goes to its words; else goes to the section or the words asked about. */
async function goTo({ record: name, section, start, end, q }, signal) {
  panel.choose(name);
  text.mark("chosen", null);
  if (name) {
    const [plural, id] = name.split("/");
    if (!Object.hasOwn(api.links, plural)) throw new Problem({ title: "Not found", detail: "There are no such records." });
    const record = panel.records.get(name) ?? (await api.ask(`${api.links[plural]}/${id}`, {}, signal)).data;
    const words = wordsOf(record);
    if (words?.document === reading.document.id) scrollTo(text.mark("chosen", words));
  } else if (section) {
    const heading = part(`at-${section}`);
    if (!heading) throw new Problem({ title: "Not found", detail: "This document has no such section." });
    scrollTo(heading);
    heading.focus({ preventScroll: true });
  } else if (start && !q) {
    const [range] = text.ranges(Number(start), Number(end)); // none of what is between paragraphs
    const { top, bottom } = range?.getBoundingClientRect() ?? {};
    if (bottom < 0 || top > innerHeight) scrollTo(range);
  }
}

/** A button asks what rests on words: the panel gets the focus, and on closing it the button gets it back. */
function askFrom(words, button) {
  opener = button;
  focusing = true;
  go({ document: reading.document?.id, ...words });
}

function search(q) {
  suggestions.close();
  if (!q.trim()) return;
  opener = part("words");
  focusing = true;
  go({ document: reading.document?.id, q });
}

const askSentence = guarded(async ({ target }) => {
  const caret = text.selected();
  const of = reading;
  if (!of.document || !target.closest(".paragraph p") || !caret || caret.start !== caret.end) return;
  of.sentences ??= api.all(`${of.document.links.self}/coverage`, {}, always);
  of.covered = await of.sentences.catch((error) => {
    of.sentences = null;
    throw error;
  });
  if (reading !== of) return;
  const { utf16 } = of.covered.findLast((sentence) => sentence.utf16.start <= caret.start);
  opener = null;
  go({ document: of.document.id, ...utf16 });
});

const offer = part("ask");
let selected = null;

/** Words are selected: a button is offered at their end, the next stop of the Tab key. */
function offerToAsk() {
  const words = text.selected();
  const range = words && words.start < words.end && text.ranges(words.start, words.end).at(-1);
  selected = range ? words : null;
  offer.hidden = !selected;
  if (!selected) return;
  const paragraph = range.endContainer.parentElement.parentElement;
  if (offer.parentElement !== paragraph) paragraph.firstElementChild.after(offer);
  const [last, frame] = [[...range.getClientRects()].at(-1), paragraph.getBoundingClientRect()];
  offer.style.top = `${last.bottom - frame.top + 6}px`;
  offer.style.left = `${Math.max(0, Math.min(last.right - frame.left - 40, frame.width - offer.offsetWidth))}px`;
}

function close() {
  opener?.focus();
  opener = null;
  go({ document: reading.document?.id });
}

const suggestions = new Suggestions(
  part("words"),
  part("suggestions"),
  async (q, signal) => (await api.ask(api.links.suggest, { q, limit: 8 }, signal)).data,
  search,
);

document.addEventListener("selectionchange", offerToAsk);
offer.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
offer.addEventListener("click", () => {
  const known = selected;
  offerToAsk(); // the last change of the selection may not have been told yet
  askFrom(selected ?? known, offer);
});
part("words-of-the-text").addEventListener("click", askSentence);
part("more").addEventListener("click", guarded(() => panel.more(asking.signal)));
part("close").addEventListener("click", close);
part("documents").addEventListener("toggle", () => part("documents").open && !part("documents-list").children.length && addDocuments());
part("documents-more").addEventListener("click", addDocuments);
part("search").addEventListener("submit", (event) => {
  event.preventDefault();
  search(part("words").value);
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address holds the page's state
  part("label").focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !part("panel").hidden) close();
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("a")?.hash && target.closest("a").hash === location.hash) render(); // goes there again
});
addEventListener("hashchange", render);
part("contents-open").open = matchMedia("(min-width: 70rem)").matches;
render();
