// orval with its fetch client: a response is told by its status.
import { getClaim, listClaims, searchAll, suggest } from "../build/orval/sic.js";
import { id } from "./arguments.js";

async function walk() {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const place: { cursor?: string } = cursor === null ? {} : { cursor };
    const response = await listClaims({ type: ["factual", "causal"], limit: 50, ...place });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    ids.push(...response.data.data.map((claim) => claim.id));
    const { next_cursor: next, total } = response.data.meta;
    if (next === null) return { ids, total };
    cursor = next;
  }
}

async function facets() {
  const response = await listClaims({ facets: ["type"], limit: 0 });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return (response.data.facets?.type ?? []).map(({ value, count }) => [value, count]);
}

async function detail(id: string) {
  const response = await getClaim(id, { include: ["section", "speaker", "actors"] });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  const { included, source } = response.data.data;
  return {
    quote: source.quote,
    section: included?.section?.title ?? null,
    speaker: included?.speaker?.name ?? null,
    actors: included?.actors?.data.map((actor) => actor.name) ?? [],
  };
}

async function highlighted() {
  const response = await listClaims({ q: "gazers", document: ["astral"], highlight: true });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return response.data.data.flatMap((claim) =>
    (claim.highlights ?? [])
      .filter((range) => range.field === "source.quote")
      .map((range) => claim.source.quote.slice(range.utf16.start, range.utf16.end)),
  );
}

async function hits() {
  const response = await searchAll({ q: "karabakh war", limit: 20 });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return response.data.data.map((hit) => {
    switch (hit.kind) {
      case "claim":
      case "position":
        return hit.statement;
      case "event":
      case "actor":
      case "place":
        return hit.name;
      case "document":
        return hit.label;
      case "section":
      case "obstacle":
        return hit.title;
    }
  });
}

async function suggested() {
  const response = await suggest({ q: "kara" });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return response.data.data.map((suggestion) => suggestion.text);
}

async function revalidated() {
  const first = await listClaims();
  const tag = first.headers.get("ETag");
  if (tag === null) throw new Error("a response without an entity tag");
  const { status } = await listClaims({}, { headers: { "If-None-Match": tag } });
  return status;
}

async function problem() {
  const response = await getClaim("karabakh.nothing");
  if (response.status === 200 || response.status === 304) throw new Error("a claim that is not there was served");
  const wrong = await listClaims({ actor: ["ankara"] });
  if (wrong.status === 200 || wrong.status === 304) throw new Error("an unknown actor was accepted");
  const meant = wrong.data.errors?.map((fault) => [fault.parameter, fault.did_you_mean]) ?? [];
  return { status: response.data.status, type: response.data.type, meant };
}

const { ids, total } = await walk();
console.log(
  JSON.stringify({
    ids,
    total,
    facets: await facets(),
    detail: await detail(id),
    highlighted: await highlighted(),
    hits: await hits(),
    suggested: await suggested(),
    revalidated: await revalidated(),
    problem: await problem(),
  }),
);
