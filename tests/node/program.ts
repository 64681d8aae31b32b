// What a frontend does with the generated types: walks a list, reads one record, handles a problem.
import createClient from "openapi-fetch";
import type { paths } from "./build/sic.js";

const baseUrl = process.argv[2];
if (baseUrl === undefined) throw new Error("usage: program URL");
// A list is also offered as CSV, JSON Lines and JSON-LD; this client reads JSON, and problems.
const api = createClient<paths, "application/json" | "application/problem+json">({ baseUrl });

function page(cursor: string | null) {
  const query = { type: ["factual", "causal"] as ("factual" | "causal")[], limit: 20 };
  return api.GET("/v1/claims", { params: { query: cursor === null ? query : { ...query, cursor } } });
}

async function walk(): Promise<{ ids: string[]; total: number }> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const { data, error } = await page(cursor);
    if (error !== undefined) throw new Error(error.title);
    ids.push(...data.data.map((claim) => claim.id));
    if (data.links.next === null) return { ids, total: data.meta.total };
    cursor = new URL(data.links.next, baseUrl).searchParams.get("cursor");
  }
}

async function quoteOf(id: string): Promise<string> {
  const { data, error } = await api.GET("/v1/claims/{id}", { params: { path: { id } } });
  if (error !== undefined) throw new Error(error.title);
  return data.data.source.quote;
}

async function missing(): Promise<{ status: number; type: string }> {
  const { error } = await api.GET("/v1/claims/{id}", { params: { path: { id: "karabakh.nothing" } } });
  if (error === undefined) throw new Error("a claim that is not there was served");
  return { status: error.status, type: error.type };
}

const { ids, total } = await walk();
const first = ids[0];
if (first === undefined) throw new Error("no claims");
console.log(JSON.stringify({ ids, total, first, quote: await quoteOf(first), problem: await missing() }));
