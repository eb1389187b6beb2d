// What a reader has chosen, kept for all pages of a report. From a file a browser may refuse; then it holds for a page.
function keyOf(name) {
  return `kd-sweep ${new URL(document.documentElement.dataset.root || ".", location.href).pathname} ${name}`;
}
function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name)));
  } catch {
    return null;
  }
}
function remember(name, value) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
  } catch {
    return;
  }
}
