// What every page can do: copy a command, an address or a citation, and reach the search by a key.

const said = document.getElementById("said");
let quiet;

/** Tells the reader something, also by a screen reader. */
export function say(words) {
  said.textContent = words;
  clearTimeout(quiet);
  quiet = setTimeout(() => { said.textContent = ""; }, 4000);
}

/** One of the sentences that the page brought with it. */
export const words = (name) => said.dataset[name];

/** A command with the address of this page, where the operator has told none. */
function here(command) {
  const assumed = words("assumed");
  return assumed ? command.replaceAll(`http://${assumed}`, assumed).replaceAll(assumed, location.origin) : command;
}

for (const command of document.querySelectorAll("pre code")) command.textContent = here(command.textContent);

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${words("copied")}: ${text.length > 70 ? `${text.slice(0, 70)}…` : text}`);
  } catch {
    say(words("refused"));
  }
}

export const typing = (event) => event.target.closest("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const text = here(link.dataset.copy);
  copy(text.startsWith("/") ? new URL(text, location.href).href : text);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || typing(event)) return;
  event.preventDefault();
  document.querySelector(".top input[type=search]").focus();
});
