// A bar over a table: a filter where it is long, a choice of columns where it is wide.
const MANY_ROWS = 8, MANY_COLUMNS = 7;
function offerTableTools(root) {
  for (const box of fresh(root, ".scroll:has(> table:not(.compared))")) {
    const table = box.querySelector("table");
    const written = table.id && root.querySelector(`[data-table="${CSS.escape(table.id)}"]`);
    const bar = written || element("div", { className: "tools" });
    if (rowsOf(table).length > MANY_ROWS) offerFilter(bar, table);
    if (headsOf(table).length > MANY_COLUMNS || box.scrollWidth > box.clientWidth) offerColumns(bar, table);
    if (!written && bar.hasChildNodes()) box.before(bar);
    bar.hidden = !bar.hasChildNodes();
  }
}
function headsOf(table) {
  return [...table.rows[0].cells];
}
function rowsOf(table) {
  return [...table.rows].slice(1);
}
