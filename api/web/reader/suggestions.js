/** Type-ahead: an editable combobox with a list (ARIA Authoring Practices Guide). */

import { element } from "./elements.js";

const DEBOUNCE = 150; // ms without a key before the words so far are asked for

export class Suggestions {
  #asking = new AbortController();
  #timer = 0;

  /** `find(words, signal)` gives [{text, kind}]; `choose(text)` is told the one taken. */
  constructor(field, list, find, choose) {
    Object.assign(this, { field, list, find, choose });
    field.addEventListener("input", () => this.#later());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.close());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => this.#take(event.target.closest("[role=option]")));
  }

  close() {
    this.#asking.abort();
    clearTimeout(this.#timer);
    this.list.hidden = true;
    this.list.replaceChildren();
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #later() {
    this.close();
    if (this.field.value.trim()) this.#timer = setTimeout(() => this.#ask(this.field.value), DEBOUNCE);
  }

  async #ask(words) {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const found = await this.find(words, signal).catch(() => []); // who types on needs no message
    if (signal.aborted || !found.length) return;
    const options = found.map(({ text, kind }, number) =>
      element(
        "li",
        { role: "option", id: `suggestion-${number}`, "aria-selected": "false", "data-text": text },
        element("span", {}, text),
        ...(kind ? [element("small", {}, ` ${kind}`)] : []),
      ),
    );
    this.list.replaceChildren(...options);
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
  }

  #take(option) {
    if (!option) return;
    this.close();
    this.choose(option.dataset.text);
  }

  #key(event) {
    const options = [...this.list.children];
    const at = options.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "Escape" && options.length) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      this.#take(options[at]);
    } else if (options.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1;
      const next = options.at(step % options.length);
      if (at >= 0) options[at].ariaSelected = "false";
      next.ariaSelected = "true";
      next.scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", next.id);
    }
  }
}
