// @hey-api/openapi-ts with its zod and TanStack Query plugins.
import { QueryClient } from "@tanstack/react-query";
import { listClaimsInfiniteOptions, searchAllOptions, suggestOptions } from "../build/hey/@tanstack/react-query.gen.js";
import { client } from "../build/hey/client.gen.js";
import { getClaim, listClaims } from "../build/hey/sdk.gen.js";
import { zListClaimsResponse, zProblem } from "../build/hey/zod.gen.js";
import { baseUrl, id } from "./arguments.js";

client.setConfig({ baseUrl });
const queries = new QueryClient();

async function walk() {
  const { pages } = await queries.fetchInfiniteQuery({
    ...listClaimsInfiniteOptions({ query: { type: ["factual", "causal"], limit: 50 } }),
    initialPageParam: { query: {} },
    getNextPageParam: (page) => page.meta.next_cursor ?? undefined,
    pages: 100,
  });
  const total = pages[0]?.meta.total ?? 0;
  return { ids: pages.flatMap((page) => page.data.map((claim) => claim.id)), total };
}

async function facets() {
  const { data, error } = await listClaims({ query: { facets: ["type"], limit: 0 } });
  if (data === undefined) throw new Error(error.title);
  return (zListClaimsResponse.parse(data).facets?.type ?? []).map(({ value, count }) => [value, count]);
}

async function detail(id: string) {
  const { data } = await getClaim({ path: { id }, query: { include: ["section", "speaker", "actors"] }, throwOnError: true });
  const { included, source } = data.data;
  return {
    quote: source.quote,
    section: included?.section?.title ?? null,
    speaker: included?.speaker?.name ?? null,
    actors: included?.actors?.data.map((actor) => actor.name) ?? [],
  };
}

async function highlighted() {
  const query = { q: "gazers", document: ["astral"], highlight: true };
  const { data } = await listClaims({ query, throwOnError: true });
  return data.data.flatMap((claim) =>
    (claim.highlights ?? [])
      .filter((range) => range.field === "source.quote")
      .map((range) => claim.source.quote.slice(range.utf16.start, range.utf16.end)),
  );
}

async function hits() {
  const { data } = await queries.fetchQuery(searchAllOptions({ query: { q: "karabakh war", limit: 20 } }));
  return data.map((hit) => {
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
  const { data } = await queries.fetchQuery(suggestOptions({ query: { q: "kara" } }));
  return data.map((suggestion) => suggestion.text);
}

async function revalidated() {
  const first = await listClaims();
  const tag = first.response?.headers.get("ETag");
  if (!tag) throw new Error("a response without an entity tag");
  const again = await listClaims({ headers: { "If-None-Match": tag } });
  return again.response?.status;
}

async function problem() {
  const { error } = await getClaim({ path: { id: "karabakh.nothing" } });
  if (error === undefined) throw new Error("a claim that is not there was served");
  const wrong = await listClaims({ query: { actor: ["ankara"] } });
  const meant = zProblem.parse(wrong.error).errors?.map((fault) => [fault.parameter, fault.did_you_mean]) ?? [];
  return { status: error.status, type: error.type, meant };
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
queries.clear();
