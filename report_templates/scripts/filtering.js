// A bar above a table shows the rows that hold a text and, where it has choices, carry the chosen data.
function offerFilters(root) {
  for (const bar of fresh(root, ".filter")) {
    bar.hidden = false;
    bar.addEventListener("input", () => {
      const chosen = inputsOf(bar).filter((input) => input.value).map((input) => [input.name, input.value]);
      history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
      filter(bar);
    });
  }
  restoreFilters(root);
}
function inputsOf(bar) {
  return [...bar.querySelectorAll("input, select")];
}
function filter(bar) {
  const rows = [...bar.getRootNode().getElementById(bar.dataset.table).tBodies[0].rows];
  const shows = (row) => inputsOf(bar).every(({ name, value }) =>
    name === "text" ? row.textContent.toLowerCase().includes(value.trim().toLowerCase()) : !value || row.dataset[name] === value);
  for (const row of rows) row.hidden = !shows(row);
  bar.querySelector("output").textContent = bar.dataset.shown.replace("{}", rows.filter((row) => !row.hidden).length);
}
function restoreFilters(root) {
  for (const bar of root.querySelectorAll(".filter")) {
    for (const input of inputsOf(bar)) input.value = wanted().get(input.name) ?? "";
    filter(bar);
  }
}
addEventListener("hashchange", () => restoreFilters(document));
