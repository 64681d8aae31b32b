/** The list beside the text: what rests on words, or what a search found. */

import { addressOf, FILTERS } from "./address.js";
import { counted, element, part, quoted } from "./elements.js";
import { mentionedBy, nameOf, show, speakerOf } from "./records.js";

export class Panel {
  #asked = null; // the question whose answer is shown
  #next = null;

  constructor(api) {
    this.api = api;
  }

  /** Shows the list that an address asks for, unless it is shown already; `reading` is {document, total, covered}. */
  async show(state, reading, signal) {
    const { q, start, end } = state;
    const filters = Object.entries(FILTERS).map(([key, name]) => [name, state[key]]);
    const facets = ["kind", "type", "speaker", ...(reading.total > 1 ? ["document"] : [])].join(",");
    const search = { q, highlight: true, facets, ...Object.fromEntries(filters) };
    const asked = q ? search : start ? { start, end, unit: "utf16" } : null;
    const question = JSON.stringify([reading.document.id, this.api.snapshot, asked]);
    if (question === this.#asked) return;
    this.#asked = null;
    this.state = state;
    this.reading = reading;
    this.records = new Map();
    part("records").replaceChildren();
    for (const id of ["more", "corrected", "narrow"]) part(id).hidden = true;
    part("panel").hidden = !asked;
    if (asked) {
      part("panel-title").textContent = q ? `Found for ${quoted(q)}` : "What rests on these words";
      part("count").textContent = "…";
      const page = await this.api.ask(q ? this.api.links.search : reading.document.links.spans, asked, signal);
      await this.#add(page, signal);
      part("count").textContent = page.meta.total ? counted(page.meta.total, "record") : this.#nothing(state);
      if (q) await this.#found(page, signal);
    }
    this.#asked = question;
  }

  /** The next page, its first record with the focus. */
  async more(signal) {
    const next = this.#next;
    const page = await this.api.follow(next, signal);
    if (this.#next === next) (await this.#add(page, signal))[0].querySelector("a").focus();
  }

  async #add(page, signal) {
    const named = Map.groupBy(page.data.flatMap(mentionedBy), ([plural]) => plural);
    for (const [plural, ids] of named) await this.api.learn(plural, ids.map(([, id]) => id), signal);
    const { document } = this.reading;
    const context = {
      api: this.api,
      languageOf: (record) => (record.document === document.id ? document.language : null),
      linkTo: (words, record) =>
        addressOf(record ? { ...this.state, section: null, document: words.document, record: nameOf(record) } : words),
    };
    const items = page.data.map((record) => show(record, context));
    for (const record of page.data) this.records.set(nameOf(record), record);
    part("records").append(...items);
    this.#next = page.links.next;
    part("more").hidden = !this.#next;
    part("more").textContent = `More (${this.records.size} of ${page.meta.total.toLocaleString("en")} are shown)`;
    return items;
  }

  #nothing({ q, start, end }) {
    if (q) return "Nothing was found.";
    const sentence = this.reading.covered?.find(({ utf16 }) => utf16.start === Number(start) && utf16.end === Number(end));
    return `No record rests on these words.${sentence?.reason ? ` The reason an editor gives: ${sentence.reason}` : ""}`;
  }

  async #found({ facets, meta }, signal) {
    const corrected = (meta.corrected ?? []).map(({ from, to }) => `${quoted(to)} instead of ${quoted(from)}`);
    part("corrected").textContent = `Showing results for ${corrected.join(" and ")}, which the texts do not have.`;
    part("corrected").hidden = !corrected.length;
    const speakers = facets.speaker.map(({ value }) => value).filter((id) => id !== "author" && id !== "none");
    await this.api.learn("actors", speakers, signal);
    await this.api.learn("documents", (facets.document ?? []).map(({ value }) => value), signal);
    const groups = Object.entries(FILTERS).filter(([, name]) => facets[name]?.length);
    part("facets").replaceChildren(...groups.map(([key, name]) => this.#facet(key, name, facets[name])));
    part("narrow").hidden = !groups.length;
    part("narrow").open = groups.some(([key]) => this.state[key]);
  }

  /** The values of one filter: each leads where its href does, a selected one back to all. */
  #facet(key, name, values) {
    const items = values.map(({ value, count, selected, href }) => {
      const asked = new URLSearchParams(href.split("?")[1]);
      const filters = Object.entries(FILTERS).map(([key, name]) => [key, asked.get(name)]);
      const { document, q } = this.state;
      const narrowed = { document, q, ...Object.fromEntries(filters), ...(selected && { [key]: null }) };
      const label = this.#label(name, value);
      const words = `${label} (${count.toLocaleString("en")})${selected ? ", selected: show all" : ""}`;
      return element("li", {}, element("a", { href: addressOf(narrowed), "aria-current": selected && "true" }, words));
    });
    return element("section", {}, element("h3", {}, name), element("ul", {}, ...items));
  }

  #label(filter, value) {
    if (filter === "speaker") return speakerOf(value, this.api);
    return filter === "document" ? this.api.named("documents", value).label : value.replaceAll("_", " ");
  }

  /** Tells the record that is chosen from the others, and shows it. */
  choose(name) {
    for (const item of part("records").children) {
      const chosen = item.dataset.name === name;
      const link = item.querySelector("a");
      if (chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      const [frame, top] = [part("panel").getBoundingClientRect(), item.getBoundingClientRect().top];
      const below = part("panel-title").parentElement.getBoundingClientRect().bottom;
      if (chosen && (top < below || top > frame.bottom - 100)) part("panel").scrollTop += top - below;
    }
  }
}
