"use strict";
// The pages work without this script: it sorts, copies, and opens the image that a link names.
for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sort(table, header));
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
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy(document.getElementById(button.dataset.copy).textContent);
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1200);
  });
}
for (const link of document.querySelectorAll("a[hreflang]")) {
  link.addEventListener("click", () => { link.hash = location.hash; }); // the same place in the other language
}
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView({ behavior: "instant" });
}
addEventListener("hashchange", openTarget);
openTarget();
// The table of sweeps hands the ticked ones on in the address; the comparison shows those.
for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
const picks = [...document.querySelectorAll("input[data-pick]")];
for (const pick of picks) pick.addEventListener("change", () => {
  const names = picks.filter((each) => each.checked).map((each) => encodeURIComponent(each.value));
  document.querySelector("a[data-compare]").hash = names.join("&");
});
const columns = [...document.querySelectorAll("input[data-column]")];
function showColumns() {
  const names = location.hash.slice(1).split("&").map(decodeURIComponent);
  if (!columns.some((column) => names.includes(column.value))) return;
  for (const column of columns) column.checked = names.includes(column.value);
}
function markDifferences() {
  const shown = columns.filter((column) => column.checked).map((column) => column.dataset.column);
  for (const row of document.querySelectorAll(".settings tbody tr")) {
    const values = shown.map((column) => row.querySelector(`.${column}`).textContent);
    row.classList.toggle("same", new Set(values).size < 2);
  }
}
if (columns.length) {
  showColumns();
  markDifferences();
  addEventListener("hashchange", () => { showColumns(); markDifferences(); });
  for (const column of columns) column.addEventListener("change", markDifferences);
}
