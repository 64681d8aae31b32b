/** The public API as this page asks it: one snapshot throughout, problems as errors, 503 asked again in time. */

/** An answer of RFC 9457, or what stands for one when none came. */
export class Problem extends Error {
  constructor({ type = "", title, detail, snapshot = null }) {
    super(detail);
    this.title = title;
    this.slug = type.split("/").pop();
    this.snapshot = snapshot;
  }

  /** Whether the content was replaced since this page read it. */
  get stale() {
    return this.slug === "stale-cursor" || this.slug === "snapshot-not-served";
  }
}

const AWAY = { title: "No answer", detail: "The service cannot be reached." };
const FOREIGN = { title: "No answer", detail: "What answered is not this service." };

export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

export class Api {
  #named = new Map();

  /** `delayed(problem, seconds)` is told of an answer that has to wait, `delayed(null)` when it came. */
  constructor(root, delayed) {
    this.root = root;
    this.delayed = delayed;
    this.links = null;
    this.snapshot = null;
  }

  /** Finds where everything is, and the state of the content that all later questions are about. */
  async open(signal) {
    const here = await this.follow(`${this.root}/v1`, signal, "no-cache");
    this.links = here.data.links;
    this.moveTo(here.meta.snapshot);
  }

  moveTo(snapshot) {
    this.snapshot = snapshot;
    this.#named.clear();
  }

  /** Asks a path; parameters without a value are left out. */
  ask(path, asked, signal) {
    const given = Object.entries({ ...asked, snapshot: this.snapshot }).filter(([, value]) => value);
    return this.follow(`${path}?${new URLSearchParams(given)}`, signal);
  }

  /** The plain text at a path, in the same state of the content. */
  text(path, signal) {
    return this.follow(`${path}?${new URLSearchParams({ snapshot: this.snapshot })}`, signal, "default", "text/plain");
  }

  /** Follows a link of an answer as it stands. */
  async follow(link, signal, cache = "default", accept = "application/json") {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await fetch(link, { signal, cache, headers: { Accept: accept } }).catch((error) => {
        if (signal.aborted) throw error;
      });
      const body = answer?.ok && accept === "text/plain" ? answer.text() : answer?.json();
      const told = await body?.catch(() => (signal.throwIfAborted(), null));
      if (answer?.ok && told) {
        if (attempt) this.delayed(null);
        return told;
      }
      const problem = new Problem(told?.title ? told : answer ? FOREIGN : AWAY);
      if (answer && answer.status !== 503) throw problem;
      const seconds = Math.max(Number(answer?.headers.get("Retry-After")) || 1, Math.min(2 ** attempt, 8));
      this.delayed(problem, seconds);
      await pause(seconds, signal);
    }
  }

  /** Every record of a list, page after page. */
  async all(path, asked, signal) {
    const records = [];
    let page = await this.ask(path, { ...asked, limit: 100 }, signal);
    for (;;) {
      records.push(...page.data);
      if (!page.links.next) return records;
      page = await this.follow(page.links.next, signal);
    }
  }

  /** Makes the records of these ids known to `named`: asked for a hundred at a time, and once. */
  async learn(plural, ids, signal) {
    const missing = [...new Set(ids)].filter((id) => !this.#named.has(`${plural}/${id}`));
    for (let first = 0; first < missing.length; first += 100) {
      const id = missing.slice(first, first + 100).join(",");
      const { data } = await this.ask(this.links[plural], { id, limit: 100 }, signal);
      for (const record of data) this.#named.set(`${plural}/${record.id}`, record);
    }
  }

  named(plural, id) {
    return this.#named.get(`${plural}/${id}`);
  }
}
