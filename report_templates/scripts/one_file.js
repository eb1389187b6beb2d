// A report in one file: the page that the address names, as in #/class-3.html#image-7, takes the place of the one that is
// shown. Pages wait in templates, and those that were left aside, with all that the reader opened in them. It runs before
// the other scripts, whose functions it calls, so that they find the page that a new address names.
const HOME = "index.html";
const pages = new Map(), files = new Map(); // by their paths in the site
const scrolled = new Map(); // how far, by the visit of a page
let shown = HOME, visit = 0;
function gather() {
  for (const part of document.querySelectorAll("template[data-file]")) {
    files.set(part.dataset.file, part.content.textContent);
    part.remove();
  }
  for (const part of document.querySelectorAll("template[data-page]")) {
    pages.set(part.dataset.page, { title: part.dataset.title, lang: part.dataset.lang, className: part.dataset.class, content: part.content });
    part.remove();
  }
  const { title, body, documentElement: { lang } } = document;
  pages.set(HOME, { title, lang, className: body.className, content: document.createDocumentFragment() });
  putFiles(document);
  history.scrollRestoration = "manual";
  visitNamed();
}
// Each picture and each table is in the file once, and in the page only while it is looked at.
function putFiles(root) {
  for (const part of fresh(root, "[data-file]")) {
    part.setAttribute(part.tagName === "IMG" ? "src" : "href", files.get(part.dataset.file));
  }
}
function show(name) {
  const page = pages.get(name);
  pages.get(shown).content.append(...document.body.childNodes);
  document.title = page.title;
  document.documentElement.lang = page.lang;
  document.body.className = page.className;
  putFiles(page.content);
  document.body.append(page.content);
  shown = name;
}
function named() {
  const name = decoded(pageOf(location.hash).slice(2)) || HOME;
  return pages.has(name) ? name : HOME;
}
// A visit that is new begins at the place that it names, or at the top; one that is come back to, where it was left.
function visitNamed(event) {
  const known = history.state?.visit, name = named(), isOther = name !== shown;
  visit = known ?? Date.now();
  if (known === undefined) history.replaceState({ visit }, "");
  if (isOther) {
    show(name);
    enliven(document);
    if (!place()) scrollTo({ top: 0, behavior: "instant" });
    if (event) focusOn(document.querySelector("h1"), place() && document.getElementById(decoded(place())));
  }
  const top = scrolled.get(known);
  if (top !== undefined) setTimeout(() => scrollTo({ top, behavior: "instant" })); // after the other scripts
}
// The last of them that can be focused: the option of a closed choice cannot.
function focusOn(...targets) {
  for (const target of targets) {
    if (!target) continue;
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
}
addEventListener("scroll", () => scrolled.set(visit, scrollY), { passive: true });
addEventListener("hashchange", visitNamed);
addEventListener("DOMContentLoaded", gather);
