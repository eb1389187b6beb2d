// The table of sweeps hands the ticked ones on in the address; the comparison shows those.
function offerComparison(root) {
  for (const part of fresh(root, "[data-script]")) part.hidden = false;
  for (const link of fresh(root, "a[data-compare]")) {
    const picks = [...root.querySelectorAll("input[data-pick]")];
    for (const pick of picks) pick.addEventListener("change", () => {
      link.hash = picks.filter((each) => each.checked).map((each) => encodeURIComponent(each.value)).join("&");
    });
  }
}
function compareSweeps(root) {
  for (const choice of fresh(root, "input[data-column]")) choice.addEventListener("change", () => markDifferences(root));
  showPicked(root);
}
function showPicked(root) {
  const choices = [...root.querySelectorAll("input[data-column]")];
  const names = location.hash.slice(1).split("&").map(decoded);
  if (choices.some((choice) => names.includes(choice.value))) {
    for (const choice of choices) choice.checked = names.includes(choice.value);
  }
  markDifferences(root);
}
function markDifferences(root) {
  const shown = [...root.querySelectorAll("input[data-column]:checked")].map((choice) => choice.dataset.column);
  const rows = [...root.querySelectorAll(".settings tbody tr")];
  for (const row of rows) {
    const cells = shown.map((column) => row.querySelector(`.${column}:not(.absent)`)).filter((cell) => cell);
    row.classList.toggle("same", new Set(cells.map((cell) => cell.textContent)).size < 2);
  }
  const sentence = root.querySelector("#no-difference");
  if (sentence) sentence.hidden = rows.some((row) => !row.classList.contains("same"));
}
addEventListener("hashchange", () => showPicked(document));
