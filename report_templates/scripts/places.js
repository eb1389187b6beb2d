// The place that the address names: opened where it is closed, and kept by the switch to the other language.
function keepPlace(root) {
  for (const link of fresh(root, "a[hreflang]")) {
    link.addEventListener("click", () => { link.hash = location.hash; });
  }
}
function openTarget(root) {
  const target = location.hash && root.querySelector(`#${CSS.escape(decoded(location.hash.slice(1)))}`);
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView({ behavior: "instant" });
}
addEventListener("hashchange", () => openTarget(document));
