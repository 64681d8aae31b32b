// Cards beside the text. A wide page opens them in the margin; a narrow one shows them in a sheet below the words.

const sheet = document.getElementById("sheet");
const content = document.getElementById("sheet-content");
const wide = matchMedia("(min-width: 50rem)");
let from = null; // what had the focus before a card was opened
let opened = [];

export const isOpen = () => !sheet.hidden || opened.length > 0;

/** The mark or sentence that is being asked about. */
export const current = () => document.querySelector(".text [aria-current]");

/** The first card that is open. */
export const card = () => (sheet.hidden ? opened[0] : content.querySelector(".card"));

/** Opens the cards of a mark. */
export function open(mark, focus = true) {
  close(false);
  from = mark;
  mark.setAttribute("aria-current", "true");
  const cards = mark.dataset.ids.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  if (!cards.length) return false;
  if (wide.matches) {
    for (const each of cards) { each.removeAttribute("name"); each.open = true; }
    opened = cards;
    cards[0].scrollIntoView({ block: "nearest" });
    if (focus) cards[0].querySelector("summary").focus({ preventScroll: true });
  } else {
    show(cards.map((each) => {
      const copy = each.cloneNode(true);
      copy.removeAttribute("id");
      copy.removeAttribute("name");
      copy.open = true;
      return copy;
    }));
  }
  keepInSight(mark);
  return true;
}

/** Shows nodes in the sheet. */
export function show(nodes, origin = from) {
  from = origin;
  content.replaceChildren(...nodes);
  sheet.hidden = false;
  sheet.scrollTop = 0;
  sheet.focus({ preventScroll: true });
}

/** Keeps the asked words above the sheet, and on the screen at all. */
export function keepInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const end = sheet.hidden || wide.matches ? innerHeight - 40 : innerHeight / 2 - 20;
  if (bottom > end) scrollBy({ top: bottom - end, behavior: "instant" });
  else if (top < 70) scrollBy({ top: top - 90, behavior: "instant" });
}

/** Closes what is open, and gives the focus back to where it came from. */
export function close(giveBack = true) {
  const inside = sheet.contains(document.activeElement) || opened.some((each) => each.contains(document.activeElement));
  sheet.hidden = true;
  content.replaceChildren();
  for (const each of opened) each.open = false;
  opened = [];
  CSS.highlights?.delete("asked");
  for (const each of document.querySelectorAll(".text [aria-current]")) each.removeAttribute("aria-current");
  if (giveBack && inside) (from?.isConnected ? from : document.getElementById("content")).focus({ preventScroll: true });
}

document.getElementById("close").addEventListener("click", () => close());
