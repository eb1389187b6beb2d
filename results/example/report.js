"use strict";
// The pages work without this script: it sorts, filters, copies, reads curves off, and opens the image
// that a link names.
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
for (const bar of document.querySelectorAll(".filter")) {
  const rows = [...document.getElementById(bar.dataset.table).tBodies[0].rows];
  const inputs = [...bar.querySelectorAll("input, select")];
  const shows = (row) => inputs.every(({ name, value }) =>
    name === "text" ? row.textContent.toLowerCase().includes(value.trim().toLowerCase()) : !value || row.dataset[name] === value);
  const apply = () => {
    for (const row of rows) row.hidden = !shows(row);
    bar.querySelector("output").textContent = bar.dataset.shown.replace("{}", rows.filter((row) => !row.hidden).length);
  };
  const restore = () => { // from an address such as #state=failed&role=search
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const input of inputs) input.value = wanted.get(input.name) ?? "";
    apply();
  };
  bar.hidden = false;
  bar.addEventListener("input", () => {
    const wanted = new URLSearchParams(inputs.filter((input) => input.value).map((input) => [input.name, input.value]));
    history.replaceState(null, "", `#${wanted}`);
    apply();
  });
  addEventListener("hashchange", restore);
  restore();
}
// A curve's path is its data: whole units by epoch, in pieces of a start and relative steps.
function pointsOf(path, parts) {
  return path.getAttribute("d").split("M").slice(1).map((piece) => {
    if (piece.endsWith("h0")) piece = piece.slice(0, -2);
    const numbers = piece.match(/-?\d+/g).map(Number);
    let x = 0, y = 0;
    return Array.from({ length: numbers.length / 2 }, (_, n) =>
      [(x += numbers[2 * n]) / parts, -(y += numbers[2 * n + 1])]);
  });
}
function unitsAt(pieces, epoch) {
  for (const points of pieces) {
    const next = points.findIndex(([x]) => x >= epoch);
    if (next < 0 || epoch < points[0][0]) continue;
    const [x1, y1] = points[next], [x0, y0] = points[Math.max(next - 1, 0)];
    return x1 === x0 ? y1 : y0 + ((epoch - x0) / (x1 - x0)) * (y1 - y0);
  }
  return null;
}
function chartOf(figure) {
  const plot = figure.querySelector("svg svg"), parts = Number(plot.dataset.parts ?? 1);
  const [scale, digits] = plot.dataset.reading.split(" ");
  const [left, top, width, height] = plot.getAttribute("viewBox").split(" ").map(Number);
  const curves = [...plot.querySelectorAll("path:not(.band)")].map((path) => pointsOf(path, parts));
  const entries = [...figure.querySelectorAll(".legend li")];
  const cursor = document.createElementNS(plot.namespaceURI, "path");
  cursor.setAttribute("class", "cursor");
  plot.append(cursor);
  const textOf = (units) => {
    if (units === null) return "–";
    if (scale === "log10") return String(Number((10 ** (units / digits)).toPrecision(3)));
    return digits === undefined ? String(Number((units / scale).toPrecision(3))) : (units / scale).toFixed(digits);
  };
  return {
    picture: plot.parentNode,
    show(epoch) {
      cursor.setAttribute("d", `M${epoch * parts} ${top}v${height}`);
      entries.forEach((entry, n) => { entry.querySelector("b").textContent = textOf(unitsAt(curves[n], epoch)); });
      const seen = entries.filter((entry) => !entry.matches(".out"));
      return [figure.querySelector("figcaption").textContent, ...seen.map((entry) => entry.textContent.trim())].join(", ");
    },
    epochAt(clientX) {
      const box = plot.parentNode.getBoundingClientRect(), view = plot.parentNode.viewBox.baseVal;
      const x = ((clientX - box.left) / box.width) * view.width - plot.x.baseVal.value;
      return (left + (x / plot.width.baseVal.value) * width) / parts;
    },
  };
}
function labelled(text, input) {
  const label = document.createElement("label");
  label.append(...(input.type === "checkbox" ? [input, " ", text] : [text, " ", input]));
  return label;
}
function hiders(set) {
  const box = document.createElement("fieldset"), legend = document.createElement("legend");
  legend.textContent = set.dataset.show;
  box.append(legend);
  const first = new Map([...set.querySelectorAll("li[data-group]")].reverse().map((entry) => [entry.dataset.group, entry]));
  for (const [group, entry] of [...first].reverse()) {
    const input = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
    input.addEventListener("change", () => {
      for (const part of set.querySelectorAll(`[data-group="${group}"]`)) part.classList.toggle("out", !input.checked);
    });
    const key = document.createElement("span");
    key.className = entry.className;
    key.textContent = entry.firstChild.textContent.trim();
    box.append(labelled(key, input));
  }
  return first.size > 1 ? [box] : [];
}
for (const set of document.querySelectorAll(".charts")) {
  const charts = [...set.querySelectorAll("figure")].map(chartOf), last = Number(set.dataset.last);
  const tools = document.createElement("div"), output = document.createElement("output");
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 1, max: last, value: last });
  const show = () => {
    const texts = charts.map((chart) => chart.show(Number(slider.value)));
    output.textContent = slider.value;
    slider.setAttribute("aria-valuetext", [`${set.dataset.epoch} ${slider.value}`, ...texts].join("; "));
  };
  slider.addEventListener("input", show);
  for (const chart of charts) {
    chart.picture.addEventListener("pointermove", (event) => {
      slider.value = Math.round(chart.epochAt(event.clientX));
      show();
    });
  }
  tools.className = "tools";
  output.textContent = last;
  if (last > 1) tools.append(labelled(set.dataset.epoch, slider), output);
  tools.append(...hiders(set));
  set.prepend(tools);
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
// What scrolls can be reached by keyboard; where links or buttons inside can be, the browser scrolls with them.
const boxes = document.querySelectorAll(".scroll, .inner, pre");
function letKeysScroll() {
  for (const box of boxes) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls && !box.querySelector("a, button, input")) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
letKeysScroll();
addEventListener("resize", letKeysScroll);
addEventListener("toggle", letKeysScroll, true);
