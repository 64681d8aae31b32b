/** The page's state is its address: the document, the words asked about or searched for, the record chosen. */

const ID = "[a-z0-9][a-z0-9._-]{0,63}";
const OFFSET = "[0-9]{1,9}"; // in UTF-16 code units

/** Keys of the address that narrow a search, and what /v1/search calls them. */
export const FILTERS = { kind: "kind", type: "type", speaker: "speaker", within: "document" };

const SHAPES = new Map(
  Object.entries({
    document: ID,
    section: ID,
    record: `[a-z]{1,20}/${ID}`,
    start: OFFSET,
    end: OFFSET,
    q: "[^]*\\S[^]*",
    ...Object.fromEntries(Object.keys(FILTERS).map((key) => [key, "\\S+"])),
  }).map(([key, shape]) => [key, new RegExp(`^${shape}$`)]),
);

/** What an address asks for. It is anyone's input: what has no such shape is left out; what is not there, the API says. */
export function stateOf(fragment) {
  const given = [...new URLSearchParams(fragment.slice(1))];
  const state = Object.fromEntries(given.filter(([key, value]) => SHAPES.get(key)?.test(value)));
  if (!(Number(state.start) < Number(state.end))) delete state.start;
  return state;
}

export function addressOf(state) {
  return `#${new URLSearchParams(Object.entries(state).filter(([, value]) => value !== undefined && value !== null))}`;
}
