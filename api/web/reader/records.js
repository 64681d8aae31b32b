/** Records as a person reads them: what is the document's stands in quotation marks, what an editor added says so. */

import { element, quoted } from "./elements.js";

const spoken = (value) => value.replaceAll("_", " ");

/** The words of the text that a record stands for: {document, start, end}, or null where it rests on none. */
export function wordsOf(record) {
  if (record.source) return { document: record.source.document, ...record.source.utf16 };
  return record.kind === "section" ? { document: record.document, ...record.utf16 } : null;
}

/** The record's place in the API, which is its name in this page's address: `claims/karabakh.c001`. */
export const nameOf = (record) => record.links.self.split("/").slice(-2).join("/");

/** Which ids of a record stand for others that `show` needs by name: [plural, id]. */
export function mentionedBy(record) {
  if (record.kind === "claim" && record.speaker && record.speaker !== "author") return [["actors", record.speaker]];
  if (record.kind === "position") return [["actors", record.actor], ["obstacles", record.obstacle]];
  return record.kind === "relation" ? [["claims", record.from], ["claims", record.to]] : [];
}

export function speakerOf(id, api) {
  if (id === null || id === "none") return "the text names nobody";
  return id === "author" ? "the author of the document" : api.named("actors", id).name;
}

/** A string of the record, its highlighted ranges as <mark>. */
function marked(record, field) {
  const string = field.split(".").reduce((value, key) => value[key], record);
  const ranges = (record.highlights ?? []).filter((range) => range.field === field).map((range) => range.utf16);
  const parts = [];
  let at = 0;
  for (const range of ranges) {
    parts.push(string.slice(at, range.start), element("mark", {}, string.slice(range.start, range.end)));
    at = range.end;
  }
  return [...parts, string.slice(at)];
}

function dated({ text, edtf, basis }) {
  const reading = edtf && (basis === "inferred" ? `read as ${edtf}, inferred by an editor` : `read as ${edtf}`);
  return [text && quoted(text), reading].filter(Boolean).join(", ") || "none in the text";
}

/** What is told of each kind: [label, parts], without those that have nothing to tell. */
const TOLD = {
  claim: (record, api) => [
    ["Statement (an editor’s paraphrase)", marked(record, "statement")],
    ["Type", spoken(record.type)],
    ["Mode", spoken(record.mode)],
    ["Speaker", speakerOf(record.speaker, api)],
    ["Hedged by", record.hedge_cue && quoted(record.hedge_cue)],
  ],
  event: (record) => [
    ["Name (an editor’s)", marked(record, "name")],
    ["Category", spoken(record.category)],
    ["Status", spoken(record.status)],
    ["Date", dated(record.date)],
  ],
  obstacle: (record) => [
    ["Title in the text", [`${record.number}. “`, ...marked(record, "title"), "”"]],
    ["Summary (an editor’s)", marked(record, "summary")],
  ],
  position: (record, api) => [
    ["Statement (an editor’s paraphrase)", marked(record, "statement")],
    ["Whose", api.named("actors", record.actor).name],
    ["Towards", `obstacle ${api.named("obstacles", record.obstacle).number}`],
  ],
  relation: (record, api) => [
    ["From the claim (a paraphrase)", api.named("claims", record.from).statement],
    [`It ${spoken(record.type)} (an editor’s reading) the claim`, api.named("claims", record.to).statement],
    ["Basis", spoken(record.basis)],
  ],
  section: (record) => [
    [record.title_origin === "editorial" ? "Title (an editor’s)" : "Title in the text", marked(record, "title")],
  ],
  document: (record) => [["Label (an editor’s)", marked(record, "label")]],
  actor: (record) => [["Name", marked(record, "name")], ["Category", spoken(record.category)]],
  place: (record) => [["Name", marked(record, "name")], ["Category", spoken(record.category)]],
};

/** One record; `linkTo(words, record)` gives the address of words in this page, and of the record that rests on them. */
export function show(record, { api, languageOf, linkTo }) {
  const words = wordsOf(record) ?? (record.kind === "document" ? { document: record.id } : null);
  const open = words && element("a", { href: linkTo(words, record.kind === "document" ? null : record) });
  if (record.source) open.append("“", ...marked(record, "source.quote"), "”");
  else open?.append("Read it"); // a list has no text of sections
  const rows = [...TOLD[record.kind](record, api), ["Note (an editor’s)", record.note]].filter(([, value]) => value);
  const told = rows.flatMap(([label, value]) => [element("dt", {}, label), element("dd", {}, ...[value].flat())]);
  const mentions = (record.mentions ?? []).map(({ document, utf16, quote }) =>
    element("dd", { lang: languageOf(record) }, element("a", { href: linkTo({ document, ...utf16 }, null) }, quoted(quote))),
  );
  if (mentions.length) told.push(element("dt", {}, "Also mentioned in"), ...mentions);
  return element(
    "li",
    { "data-name": nameOf(record) },
    element("h3", {}, spoken(record.kind)),
    ...(open ? [element("blockquote", { lang: languageOf(record) }, open)] : []),
    element("dl", {}, ...told),
    element("p", {}, element("a", { href: record.links.self }, `${record.id} as JSON`)),
  );
}
