// A bar shows the rows of its table that hold a text and, where the page has written choices into it, carry the chosen
// data. Such a bar names its table, and what is chosen in it stands in the address: runs.html#state=failed&role=search.
const filters = new WeakMap(); // by bar: shows the rows that are wanted
function offerFilter(bar, table) {
  const text = element("input", { type: "search", name: "text" }), count = element("output");
  bar.prepend(labelled(say("filter"), text));
  bar.append(count);
  const inputs = inputsOf(bar), rows = rowsOf(table);
  const shows = (row) => inputs.every(({ name, value }) =>
    name === "text" ? plain(row.textContent).includes(plain(value)) : !value || row.dataset[name] === value);
  const apply = () => {
    for (const row of rows) row.hidden = !shows(row);
    count.textContent = say("shown", { shown: rows.filter((row) => !row.hidden).length, all: rows.length });
  };
  filters.set(bar, apply);
  bar.addEventListener("input", (event) => {
    if (!inputs.includes(event.target)) return;
    if (bar.dataset.table) putIntoAddress(inputs.filter(({ value }) => value).map(({ name, value }) => [name, value]));
    apply();
  });
  if (bar.dataset.table) restoreFilter(bar);
  else apply();
}
// As a person types it: a page's numbers hold on to their units by spaces that do not break.
function plain(text) {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}
function inputsOf(bar) {
  return [...bar.querySelectorAll("[name]")];
}
function restoreFilter(bar) {
  const wanted = new URLSearchParams(place());
  for (const input of inputsOf(bar)) input.value = wanted.get(input.name) ?? "";
  filters.get(bar)();
}
addEventListener("hashchange", () => {
  for (const bar of document.querySelectorAll("[data-table]")) if (filters.has(bar)) restoreFilter(bar);
});
