// Reads a JSON-LD document from standard input, takes it through expand, compact and RDF and back, and writes what each
// step found. The only context there is is the W3C's, from the file beside this one: nothing is fetched.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import jsonld from "jsonld";

const ANNO = "http://www.w3.org/ns/anno.jsonld";
const context = JSON.parse(await readFile(new URL("anno.jsonld", import.meta.url), "utf8"));

async function documentLoader(url) {
  if (url !== ANNO) throw new Error(`a context that a client would have to trust: ${url}`);
  return { contextUrl: null, documentUrl: url, document: context };
}

const given = JSON.parse(await text(process.stdin));
// `safe` makes whatever JSON-LD would silently drop (an unknown key, a relative id) an error.
const options = { documentLoader, safe: true };
const expanded = await jsonld.expand(given, options);
const compacted = await jsonld.compact(expanded, given["@context"], options);
const quads = await jsonld.toRDF(given, { ...options, format: "application/n-quads" });
const back = await jsonld.fromRDF(quads, { format: "application/n-quads" });
const canonical = { documentLoader, algorithm: "RDFC-1.0", format: "application/n-quads" };
console.log(
  JSON.stringify({
    expanded,
    compacted,
    quads: quads.trim().split("\n").length,
    same: (await jsonld.canonize(given, canonical)) === (await jsonld.canonize(back, canonical)),
  }),
);
