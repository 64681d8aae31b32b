// Addresses of release 1.0 held their state behind `#`. They lead to the paths that took their place.

const state = new URLSearchParams(location.hash.slice(1));
const root = new URL(".", location.href).pathname.replace(/\/$/, "");
const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const document_ = state.get("document");
const [kind, id] = (state.get("record") ?? "").split("/");
const [start, end] = [state.get("start"), state.get("end")];
const q = state.get("q");

function path() {
  if (/^[a-z]{1,12}$/.test(kind) && ID.test(id ?? "")) return `/${kind}/${id}`;
  if (q) return `/search?${new URLSearchParams({ q })}`;
  if (!ID.test(document_ ?? "")) return null;
  if (/^\d{1,9}$/.test(start ?? "") && /^\d{1,9}$/.test(end ?? "")) return `/d/${document_}/@${start}-${end}`;
  const section = state.get("section");
  return `/d/${document_}${ID.test(section ?? "") ? `#${section}` : ""}`;
}

const leads = location.hash ? path() : null;
if (leads) location.replace(root + leads);
