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
// What the address says after its #, as in runs.html#state=failed&role=search.
function wanted() {
  return new URLSearchParams(location.hash.slice(1));
}
// A part of the address as it was written; as it stands where somebody cut it within a sign.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
