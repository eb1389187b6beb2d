// The place that the address names: opened where it is closed, and kept by the switch to the other language.
function keepPlace(root) {
  for (const link of fresh(root, "a[hreflang]")) {
    link.addEventListener("click", () => { link.hash = addressOf(link.hash, place()); });
  }
}
function openTarget(root) {
  const target = place() && root.querySelector(`#${CSS.escape(decoded(place()))}`);
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView({ behavior: "instant" });
}
addEventListener("hashchange", () => openTarget(document));
