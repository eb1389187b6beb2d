// Which columns of a wide table are shown; the first one, which says what a row is, always.
function offerColumns(bar, table) {
  const names = headsOf(table).map((head) => head.textContent.trim());
  const place = `columns ${names.join("|")}`, hidden = new Set(recall(place));
  const summary = element("summary"), choices = element("fieldset", {}, element("legend", { textContent: say("columns-shown") }));
  const apply = () => {
    for (const row of table.rows) for (const cell of row.cells) cell.hidden = hidden.has(cell.cellIndex);
    summary.textContent = say("columns", { shown: names.length - hidden.size, all: names.length });
    letKeysScroll(table.parentElement.parentElement);
  };
  for (const [column, name] of names.entries()) {
    if (column === 0 || name === "") continue;
    const input = element("input", { type: "checkbox", checked: !hidden.has(column) });
    input.addEventListener("change", () => {
      if (input.checked) hidden.delete(column);
      else hidden.add(column);
      remember(place, [...hidden]);
      apply();
    });
    choices.append(labelled(name, input));
  }
  bar.append(element("details", { className: "columns" }, summary, choices));
  apply();
}
