// What every page can do: copy a command or an address, and reach the search by a key.

const said = document.getElementById("said");
let quiet;

export function say(words) {
  said.textContent = words;
  clearTimeout(quiet);
  quiet = setTimeout(() => { said.textContent = ""; }, 3000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`);
  } catch {
    say("This browser does not let a page copy.");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  copy(new URL(link.dataset.copy, location.href).protocol.startsWith("http") && link.dataset.copy.startsWith("/")
    ? new URL(link.dataset.copy, location.href).href : link.dataset.copy);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  document.querySelector(".top input[type=search]").focus();
});
