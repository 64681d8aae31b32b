// openapi-typescript and openapi-fetch: what a frontend does with the generated types.
import createClient from "openapi-fetch";
import type { paths } from "../build/sic.js";
import { baseUrl, id } from "./arguments.js";

const api = createClient<paths>({ baseUrl });

async function walk() {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const place: { cursor?: string } = cursor === null ? {} : { cursor };
    const { data, error } = await api.GET("/v1/claims", {
      params: { query: { type: ["factual", "causal"], limit: 50, ...place } },
    });
    if (error !== undefined) throw new Error(error.title);
    ids.push(...data.data.map((claim) => claim.id));
    cursor = data.meta.next_cursor;
    if (cursor === null) return { ids, total: data.meta.total };
  }
}

async function facets() {
  const { data, error } = await api.GET("/v1/claims", { params: { query: { facets: ["type"], limit: 0 } } });
  if (error !== undefined) throw new Error(error.title);
  return (data.facets?.type ?? []).map(({ value, count }) => [value, count]);
}

async function detail(id: string) {
  const { data, error } = await api.GET("/v1/claims/{id}", {
    params: { path: { id }, query: { include: ["section", "speaker", "actors"] } },
  });
  if (error !== undefined) throw new Error(error.title);
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
  const { data, error } = await api.GET("/v1/claims", { params: { query } });
  if (error !== undefined) throw new Error(error.title);
  return data.data.flatMap((claim) =>
    (claim.highlights ?? [])
      .filter((range) => range.field === "source.quote")
      .map((range) => claim.source.quote.slice(range.utf16.start, range.utf16.end)),
  );
}

async function hits() {
  const { data, error } = await api.GET("/v1/search", { params: { query: { q: "karabakh war", limit: 20 } } });
  if (error !== undefined) throw new Error(error.title);
  return data.data.map((hit) => {
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
  const { data, error } = await api.GET("/v1/suggest", { params: { query: { q: "kara" } } });
  if (error !== undefined) throw new Error(error.title);
  return data.data.map((suggestion) => suggestion.text);
}

async function revalidated() {
  const first = await api.GET("/v1/claims");
  const tag = first.response.headers.get("ETag");
  if (tag === null) throw new Error("a response without an entity tag");
  const again = await api.GET("/v1/claims", { headers: { "If-None-Match": tag } });
  return again.response.status;
}

async function problem() {
  const { error } = await api.GET("/v1/claims/{id}", { params: { path: { id: "karabakh.nothing" } } });
  if (error === undefined) throw new Error("a claim that is not there was served");
  const wrong = await api.GET("/v1/claims", { params: { query: { actor: ["ankara"] } } });
  const meant = wrong.error?.errors?.map((fault) => [fault.parameter, fault.did_you_mean]) ?? [];
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
