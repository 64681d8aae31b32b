/** Elements from parts. What is stored only ever becomes a text node: there is no way to markup from here. */

export function element(tag, attributes = {}, ...parts) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value);
  }
  made.append(...parts);
  return made;
}

export const part = (id) => document.getElementById(id);

export const quoted = (words) => `“${words}”`;

export const counted = (number, one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;
