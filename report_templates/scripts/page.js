// The pages work without these scripts, which add tools to what is written already. Each file defines functions that
// take a root element; `enliven` runs them over the document, and over whatever is put into it later.
const enlivened = new Map();
// What a part has not been given yet: by selector, so that a root may be enlivened again.
function fresh(root, selector) {
  const known = enlivened.get(selector) ?? new WeakSet();
  enlivened.set(selector, known);
  const found = [...root.querySelectorAll(selector)].filter((element) => !known.has(element));
  for (const element of found) known.add(element);
  return found;
}
function element(name, properties = {}, ...content) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...content);
  return made;
}
function labelled(text, input) {
  const content = ["checkbox", "radio"].includes(input.type) ? [input, " ", text] : [text, " ", input];
  return element("label", {}, ...content);
}
// A message in the page's language, as messages/*/tools.ftl has it.
function say(name, values = {}) {
  return WORDS[document.documentElement.lang][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
// The place that an address names within its page, as it was written. In a report of one file the page stands before it:
// #/class-3.html#image-7.
function place(hash = location.hash) {
  return hash.slice(pageOf(hash).length).replace(/^#/, "");
}
function pageOf(hash) {
  return /^#\/[^#]*/.exec(hash)?.[0] ?? "";
}
function addressOf(hash, place) {
  return pageOf(hash) + (place ? `#${place}` : "");
}
// What a reader has chosen, where it is worth sending to somebody: #state=failed&role=search.
function putIntoAddress(chosen) {
  history.replaceState(history.state, "", addressOf(location.hash, String(new URLSearchParams(chosen))) || "#");
}
// A part of the address as it was written; as it stands where somebody cut it within a sign.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
// A part of a drawing; its namespace is asked of one that the page has.
function svgPart(name, attributes, text = "") {
  const made = document.createElementNS(document.querySelector("figure svg").namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
