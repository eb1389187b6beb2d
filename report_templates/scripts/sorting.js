// Tables sort by the button in a column's head.
function sortTables(root) {
  for (const table of fresh(root, "table.sortable")) {
    for (const header of table.tHead.rows[0].cells) {
      const button = element("button", { type: "button" }, ...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, header));
    }
  }
}
function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}
function sort(table, header) {
  const column = header.cellIndex;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const numeric = rows.every((row) => valueOf(row, column) === "" || Number.isFinite(Number(valueOf(row, column))));
  const first = numeric ? "descending" : "ascending";
  const current = header.getAttribute("aria-sort");
  const order = current === null ? first : current === "ascending" ? "descending" : "ascending";
  const sign = order === "ascending" ? 1 : -1;
  const compare = (one, other) => {
    const a = valueOf(one, column), b = valueOf(other, column);
    if (a === "" || b === "") return (a === "") - (b === ""); // holes stay at the end
    return sign * (numeric ? a - b : a.localeCompare(b, undefined, { numeric: true }));
  };
  for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order);
  body.append(...rows.sort(compare));
}
