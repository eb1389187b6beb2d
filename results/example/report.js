"use strict";
const WORDS = {"en-GB":{"filter":"Filter","shown":"{shown} of {all} rows","columns":"Columns ({shown} of {all})","columns-shown":"Show","theme":"Theme","theme-system":"System theme","theme-light":"Light theme","theme-dark":"Dark theme","arms":"Arms","arms-mark":"Highlight","arms-show":"Show","arms-name":"Name","arms-reset":"Reset","axis":"Axis","axis-own":"as drawn","axis-linear":"linear","axis-log":"logarithmic","smoothing":"Smoothing","smoothing-off":"off","smoothing-over":"over {number} epochs","zoom-in":"Zoom in","zoom-out":"Zoom out","zoom-reset":"All epochs","runs":"Single runs ({shown} of {all})"},"zh-CN":{"filter":"筛选","shown":"显示 {shown} / {all} 行","columns":"列（{shown} / {all}）","columns-shown":"显示","theme":"外观","theme-system":"跟随系统","theme-light":"浅色","theme-dark":"深色","arms":"各组模型","arms-mark":"突出","arms-show":"显示","arms-name":"名称","arms-reset":"重置","axis":"坐标轴","axis-own":"原样","axis-linear":"线性","axis-log":"对数","smoothing":"平滑","smoothing-off":"关","smoothing-over":"{number} 个轮次","zoom-in":"放大","zoom-out":"缩小","zoom-reset":"全部轮次","runs":"单次运行（{shown} / {all}）"}};
// The pages work without these scripts, which add tools to what is written already. Each file defines functions that
// take a root element; `enliven` runs them over the document, and over whatever is put into it later.
const enlivened = new Map();
// What a part has not been given yet: by selector, so that a root may be enlivened again.
function fresh(root, selector) {
  const known = enlivened.get(selector) ?? new WeakSet();
  enlivened.set(selector, known);
  const found = [...root.querySelectorAll(selector)].filter((element) => !known.has(element));
  for (const element of found) known.add(element);
  return found;
}
function element(name, properties = {}, ...content) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...content);
  return made;
}
function labelled(text, input) {
  const content = ["checkbox", "radio"].includes(input.type) ? [input, " ", text] : [text, " ", input];
  return element("label", {}, ...content);
}
// A message in the page's language, as messages/*/tools.ftl has it.
function say(name, values = {}) {
  return WORDS[document.documentElement.lang][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
// The place that an address names within its page, as it was written. In a report of one file the page stands before it:
// #/class-3.html#image-7.
function place(hash = location.hash) {
  return hash.slice(pageOf(hash).length).replace(/^#/, "");
}
function pageOf(hash) {
  return /^#\/[^#]*/.exec(hash)?.[0] ?? "";
}
function addressOf(hash, place) {
  return pageOf(hash) + (place ? `#${place}` : "");
}
// What a reader has chosen, where it is worth sending to somebody: #state=failed&role=search.
function putIntoAddress(chosen) {
  history.replaceState(history.state, "", addressOf(location.hash, String(new URLSearchParams(chosen))) || "#");
}
// A part of the address as it was written; as it stands where somebody cut it within a sign.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
// A part of a drawing; its namespace is asked of one that the page has.
function svgPart(name, attributes, text = "") {
  const made = document.createElementNS(document.querySelector("figure svg").namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
// What a reader has chosen, kept for all pages of a report. From a file a browser may refuse; then it holds for a page.
function keyOf(name) {
  return `kd-sweep ${new URL(document.documentElement.dataset.root || ".", location.href).pathname} ${name}`;
}
function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name)));
  } catch {
    return null;
  }
}
function remember(name, value) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
  } catch {
    return;
  }
}
// The look: the system's, or light or dark as the reader chose; early.js, in a page's head, sets it before a first line
// is drawn.
const THEMES = ["", "light", "dark"];
function offerThemes(root) {
  for (const header of fresh(root, "body > header")) {
    const options = THEMES.map((value) => element("option", { value, textContent: say(`theme-${value || "system"}`) }));
    const choice = element("select", { className: "theme", ariaLabel: say("theme") }, ...options);
    choice.addEventListener("change", () => setTheme(choice.value));
    header.prepend(choice);
  }
  for (const choice of root.querySelectorAll(".theme")) choice.value = document.documentElement.dataset.theme ?? "";
}
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("kd-sweep theme", theme);
  } catch {
    return;
  }
}
// A panel on every page that has arms: each can be highlighted, hidden and given another name, in all figures and tables
// of the report at once. What is an arm's says so in data-arm; captions of pictures, of which pages hold hundreds, in
// their class.
let chosenArms = recall("arms") ?? {}; // by key: { isHidden, isMarked, name }
const originals = new WeakMap(); // of a renamed text: what the page says, and what room it has in a figure
function offerArms(root) {
  const arms = [...document.querySelectorAll(".arms li")].map((entry) => (
    { key: entry.dataset.key, kind: entry.className, names: [entry.textContent, entry.dataset.short] }));
  const known = document.querySelector(".toolbox tbody");
  if (known) known.replaceChildren(...arms.map(armRow)); // of a page that is come back to
  else if (arms.some(({ key }) => partsOf(root, key).length)) {
    document.body.append(toolbox(arms));
  }
  showArms(root, arms);
}
function partsOf(root, key) {
  return root.querySelectorAll(`[data-arm="${key}"], .says.${key}, .inner tbody.${key}`);
}
function toolbox(arms) {
  const body = element("tbody", {}, ...arms.map(armRow));
  const heads = ["arms", "arms-mark", "arms-show", "arms-name"].map((name) => element("th", { scope: "col", textContent: say(name) }));
  const reset = element("button", { type: "button", textContent: say("arms-reset") });
  const change = (chosen) => {
    chosenArms = chosen;
    remember("arms", chosen);
    showArms(document, arms);
  };
  body.addEventListener("input", () => change(Object.fromEntries([...body.rows].map(choiceOf))));
  reset.addEventListener("click", () => {
    change({});
    body.replaceChildren(...arms.map(armRow));
  });
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  const panel = element("details", {}, element("summary", { textContent: say("arms") }), table, reset);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") panel.open = false;
  });
  return element("aside", { className: "toolbox tools", ariaLabel: say("arms") }, panel);
}
function armRow({ key, kind, names: [label] }) {
  const { isHidden = false, isMarked = false, name = "" } = chosenArms[key] ?? {};
  const input = (word, properties) => element("input", { name: word, ariaLabel: `${say(word)}: ${label}`, ...properties });
  const inputs = [
    input("arms-mark", { type: "checkbox", checked: isMarked }),
    input("arms-show", { type: "checkbox", checked: !isHidden }),
    input("arms-name", { type: "text", value: name, placeholder: label, maxLength: 40 }),
  ];
  const row = element("tr", {}, element("th", { scope: "row", className: kind, textContent: label }), ...inputs.map((each) => element("td", {}, each)));
  row.dataset.key = key;
  return row;
}
function choiceOf(row) {
  const [mark, show, name] = row.querySelectorAll("input");
  return [row.dataset.key, { isHidden: !show.checked, isMarked: mark.checked, name: name.value.trim() }];
}
function showArms(root, arms) {
  const isAnyMarked = arms.some(({ key }) => chosenArms[key]?.isMarked);
  for (const { key, names } of arms) {
    const { isHidden = false, isMarked = false, name = "" } = chosenArms[key] ?? {};
    for (const part of partsOf(root, key)) {
      part.classList.toggle("arm-out", isHidden);
      part.classList.toggle("arm-faint", isAnyMarked && !isMarked);
      rename(part, names, name);
    }
  }
}
function rename(part, names, name) {
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, shape = text.parentNode.closest("text");
    if (!originals.has(text)) {
      if (name === "" || !names.some((known) => text.data.trimStart().startsWith(known))) continue;
      originals.set(text, { words: text.data, room: shape && roomOf(shape) });
    }
    const { words, room } = originals.get(text);
    const known = names.find((each) => words.trimStart().startsWith(each));
    text.data = name === "" ? words : words.replace(known, () => name);
    if (shape) fit(shape, room);
  }
}
// A figure has the room that its own words need, and a label at an axis all that is left of it.
function roomOf(shape) {
  const before = getComputedStyle(shape).textAnchor === "end" ? shape.getBBox().x : 0;
  return before + shape.getComputedTextLength();
}
// Words that need more are set closer.
function fit(shape, room) {
  shape.removeAttribute("textLength");
  if (shape.getComputedTextLength() <= room) return;
  shape.setAttribute("textLength", room);
  shape.setAttribute("lengthAdjust", "spacingAndGlyphs");
}
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
// Buttons that copy a text of the page.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
function offerCopies(root) {
  for (const button of fresh(root, "button[data-copy]")) {
    const source = root.querySelector(`#${CSS.escape(button.dataset.copy)}`);
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(source.textContent);
      const label = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 1200);
    });
  }
}
// Axes: what a unit of a curve's path is worth, and which values have a mark.
function linearScale(perOne, digits) {
  return {
    isLog: false,
    unitsOf: (value) => perOne * value,
    valueOf: (units) => units / perOne,
    textOf: digits === undefined ? brief : (value) => value.toFixed(digits),
  };
}
function logScale(perDecade) {
  return {
    isLog: true,
    unitsOf: (value) => perDecade * Math.log10(value),
    valueOf: (units) => 10 ** (units / perDecade),
    textOf: brief,
  };
}
// The one that a chart is drawn with: "log10" and units a decade, or units a one and the decimals of its values.
function ownScale(plot) {
  const [first, second] = plot.dataset.reading.split(" ");
  return first === "log10" ? logScale(Number(second)) : linearScale(Number(first), second);
}
function brief(value) {
  return String(Number(value.toPrecision(3)));
}
function ticksOf(scale, low, high) {
  const found = scale.isLog ? decadesBetween(low, high) : [];
  return found.length > 1 ? found : niceBetween(low, high, 5);
}
// Steps of 1, 2, 2.5 or 5 times a power of ten, some `number` of them.
function niceBetween(low, high, number) {
  const rough = (high - low) / number, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((each) => each * power >= rough), first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, n) => (first + n) * step);
}
// Powers of ten, and where there is room 2 and 5 times them.
function decadesBetween(low, high) {
  const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
  const digits = high / low < 100 ? [1, 2, 5] : [1], every = Math.max(1, Math.ceil(Math.log10(high / low) / 6));
  const powers = Array.from({ length: to - from + 1 }, (_, n) => from + n).filter((power) => power % every === 0);
  return powers.flatMap((power) => digits.map((digit) => digit * 10 ** power)).filter((value) => low <= value && value <= high);
}
// There is room for six characters.
function tickText(value) {
  const text = String(Number(value.toPrecision(6)));
  return (text.length > 6 ? value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e") : text).replaceAll("-", "−");
}
// A chart of curves by epoch. A curve's path is its data: whole units by epoch, in pieces of a start and relative steps.
function pointsOf(path, parts) {
  return path.getAttribute("d").split("M").slice(1).map((piece) => {
    if (piece.endsWith("h0")) piece = piece.slice(0, -2);
    const numbers = piece.match(/-?\d+/g).map(Number);
    let x = 0, y = 0;
    return Array.from({ length: numbers.length / 2 }, (_, n) =>
      [(x += numbers[2 * n]) / parts, -(y += numbers[2 * n + 1])]);
  });
}
function heightAt(pieces, epoch) {
  for (const points of pieces) {
    const next = points.findIndex(([x]) => x >= epoch);
    if (next < 0 || epoch < points[0][0]) continue;
    const [x1, y1] = points[next], [x0, y0] = points[Math.max(next - 1, 0)];
    return x1 === x0 ? y1 : y0 + ((epoch - x0) / (x1 - x0)) * (y1 - y0);
  }
  return null;
}
function pathThrough(points) {
  return `M${points.map((point) => point.join(" ")).join("L")}${points.length === 1 ? "h0" : ""}`;
}
// Means over `width` epochs around each point; paths leave points on a straight line out, so those come back first.
function smoothed(points, width, step) {
  const number = Math.round((points.at(-1)[0] - points[0][0]) / step);
  const every = Array.from({ length: number + 1 }, (_, n) => points[0][0] + n * step).map((x) => [x, heightAt([points], x)]);
  return every.map(([x]) => {
    const near = every.filter(([other]) => Math.abs(other - x) <= width / 2 + step / 1000);
    return [x, near.reduce((sum, [, y]) => sum + y, 0) / near.length];
  });
}
function isSeen(part) {
  return !part.matches(".out, .arm-out, [hidden]");
}
function extentOf(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}
function chartOf(figure) {
  const plot = figure.querySelector("svg svg"), picture = plot.parentNode, parts = Number(plot.dataset.parts ?? 1);
  const frame = Object.fromEntries(["x", "y", "width", "height"].map((key) => [key, Number(plot.getAttribute(key))]));
  const own = ownScale(plot), ownView = plot.getAttribute("viewBox");
  const grid = picture.querySelector(".grid"), marks = ["y", "x"].map((axis) => picture.querySelector(`.${axis}`));
  const ownGrid = grid.getAttribute("d"), ownMarks = marks.map((group) => [...group.childNodes]);
  const paths = [...plot.querySelectorAll("path")].map((path) => {
    const pieces = pointsOf(path, parts).map((points) => points.map(([x, y]) => [x, own.valueOf(y)]));
    return { path, pieces, units: pointsOf(path, parts), isBand: path.matches(".band"), d: path.getAttribute("d") };
  });
  const curves = paths.filter(({ isBand }) => !isBand), entries = [...figure.querySelectorAll(".legend li")];
  const [lowest, highest] = extentOf(paths.flatMap(({ pieces }) => pieces.flat().map(([, value]) => value)));
  const cursor = plot.appendChild(svgPart("path", { class: "cursor" })), span = plot.appendChild(svgPart("path", { class: "span" }));
  const viewOf = () => plot.getAttribute("viewBox").split(" ").map(Number);
  const scaleFor = (axis) => {
    if (axis === "log") return own.isLog || lowest <= 0 ? own : logScale(2000);
    if (axis === "linear") return own.isLog ? linearScale(10 ** (4 - Math.ceil(Math.log10(highest)))) : own;
    return own;
  };
  const restore = () => {
    for (const { path, d } of paths) path.setAttribute("d", d);
    plot.setAttribute("viewBox", ownView);
    grid.setAttribute("d", ownGrid);
    marks.forEach((group, n) => group.replaceChildren(...ownMarks[n]));
  };
  const drawAxes = (scale, [left, top, width, height]) => {
    const rows = ticksOf(scale, scale.valueOf(-top - height), scale.valueOf(-top))
      .map((value) => [Math.round(frame.y + (frame.height * (-scale.unitsOf(value) - top)) / height), tickText(value)]);
    const columns = niceBetween(left / parts, (left + width) / parts, 6).filter(Number.isInteger)
      .map((epoch) => [Math.round(frame.x + (frame.width * (epoch * parts - left)) / width), tickText(epoch)]);
    grid.setAttribute("d", rows.map(([y]) => `M${frame.x} ${y}h${frame.width}`).join(""));
    marks[0].replaceChildren(...rows.map(([y, text]) => svgPart("text", { y }, text)));
    marks[1].replaceChildren(...columns.map(([x, text]) => svgPart("text", { x }, text)));
  };
  return {
    picture,
    // As the page has it, or on another axis, smoothed, and from one epoch to another.
    draw({ axis, smoothing, epochs }) {
      const scale = scaleFor(axis);
      if (scale === own && !smoothing && !epochs) return restore();
      const [left, , width] = ownView.split(" ").map(Number);
      const [from, to] = epochs ? epochs.map((epoch) => epoch * parts) : [left, left + width];
      const heights = [];
      for (const { path, pieces, isBand } of paths) {
        const drawn = pieces.map((points) => (smoothing && !isBand ? smoothed(points, smoothing, 1 / parts) : points)
          .map(([x, value]) => [x * parts, -scale.unitsOf(value)]));
        path.setAttribute("d", drawn.map((points) => pathThrough(points) + (isBand ? "z" : "")).join(""));
        if (isSeen(path)) heights.push(...drawn.flat().filter(([x]) => from <= x && x <= to).map(([, y]) => y));
      }
      if (!heights.length) return restore();
      const [low, high] = extentOf(heights), margin = 0.05 * (high - low) || 1, side = epochs ? 0.015 * (to - from) : 0;
      const view = [from - side, low - margin, to - from + 2 * side, high - low + 2 * margin];
      plot.setAttribute("viewBox", view.join(" "));
      drawAxes(scale, view);
    },
    // What was measured at an epoch, smoothed or not, in the legend; gives it in words.
    read(epoch) {
      const [, top, , height] = viewOf();
      cursor.setAttribute("d", `M${epoch * parts} ${top}v${height}`);
      for (const [n, entry] of entries.entries()) {
        const units = heightAt(curves[n].units, epoch);
        entry.querySelector("b").textContent = units === null ? "–" : own.textOf(own.valueOf(units));
      }
      const seen = entries.filter(isSeen).map((entry) => entry.textContent.trim());
      return [figure.querySelector("figcaption").textContent, ...seen].join(", ");
    },
    mark(epochs) {
      const [, top, , height] = viewOf();
      span.setAttribute("d", epochs ? `M${epochs[0] * parts} ${top}v${height}H${epochs[1] * parts}v${-height}z` : "");
    },
    epochAt(clientX) {
      const box = picture.getBoundingClientRect(), [left, , width] = viewOf();
      const x = ((clientX - box.left) / box.width) * picture.viewBox.baseVal.width - frame.x;
      return (left + (x / frame.width) * width) / parts;
    },
  };
}
// Tools over charts of curves, for all of them at once: read them off at an epoch, choose what is drawn, and how.
const SMOOTHINGS = [3, 7, 15]; // epochs that a point of a smoothed curve is the mean of
function offerCurveTools(root) {
  for (const set of fresh(root, ".charts")) {
    const charts = [...set.querySelectorAll("figure")].map(chartOf), last = Number(set.dataset.last);
    const view = { axis: "", smoothing: 0, epochs: null };
    const reader = epochReader(set, charts, last);
    const redraw = () => {
      for (const chart of charts) chart.draw(view);
      if (reader.isUsed) reader.read();
    };
    const tools = element("div", { className: "tools" });
    if (last > 1) tools.append(labelled(set.dataset.epoch, reader.slider), reader.output);
    tools.append(...armChoice(set, redraw), ...axisChoice(view, redraw));
    if (last > SMOOTHINGS[0]) tools.append(smoothingChoice(view, last, redraw), ...zoomButtons(charts, view, last, reader, redraw));
    tools.append(...runChoice(set, redraw));
    set.prepend(tools);
  }
}
function epochReader(set, charts, last) {
  const slider = element("input", { type: "range", min: 1, max: last, value: last });
  const output = element("output", { textContent: last });
  const reader = { slider, output, isUsed: false, read };
  function read() {
    const texts = charts.map((chart) => chart.read(Number(slider.value)));
    output.textContent = slider.value;
    slider.setAttribute("aria-valuetext", [`${set.dataset.epoch} ${slider.value}`, ...texts].join("; "));
    reader.isUsed = true;
  }
  slider.addEventListener("input", read);
  for (const chart of charts) {
    chart.picture.addEventListener("pointermove", (event) => {
      slider.value = Math.round(chart.epochAt(event.clientX));
      read();
    });
  }
  return reader;
}
// The mean of an arm's runs and the band around it, out of all charts or back.
function armChoice(set, redraw) {
  const entries = [...set.querySelectorAll("li[data-arm]:not([data-run])")];
  const arms = new Map(entries.reverse().map((entry) => [entry.dataset.arm, entry]));
  if (arms.size < 2) return [];
  const box = element("fieldset", {}, element("legend", { textContent: set.dataset.show }));
  for (const [arm, entry] of [...arms].reverse()) {
    const input = element("input", { type: "checkbox", checked: true });
    input.addEventListener("change", () => {
      for (const part of set.querySelectorAll(`:is(path, li)[data-arm="${arm}"]:not([data-run])`)) part.classList.toggle("out", !input.checked);
      redraw();
    });
    box.append(keyed(entry, input));
  }
  return [box];
}
function keyed(entry, input) {
  const key = element("span", { className: entry.className, textContent: entry.firstChild.textContent.trim() });
  const label = labelled(key, input);
  label.dataset.arm = entry.dataset.arm;
  return label;
}
function choice(options, change) {
  const select = element("select", {}, ...options.map(([value, textContent]) => element("option", { value, textContent })));
  select.addEventListener("change", () => change(select.value));
  return select;
}
function axisChoice(view, redraw) {
  const options = ["", "linear", "log"].map((axis) => [axis, say(`axis-${axis || "own"}`)]);
  return [labelled(say("axis"), choice(options, (axis) => {
    view.axis = axis;
    redraw();
  }))];
}
function smoothingChoice(view, last, redraw) {
  const widths = SMOOTHINGS.filter((width) => width < last).map((number) => [number, say("smoothing-over", { number })]);
  return labelled(say("smoothing"), choice([[0, say("smoothing-off")], ...widths], (width) => {
    view.smoothing = Number(width);
    redraw();
  }));
}
// A range of epochs for all charts: by buttons around the epoch that is read off, by dragging over a chart, and back to
// all of them by a double click. A finger drags the page.
function zoomButtons(charts, view, last, { slider }, redraw) {
  const zoom = (from, to) => {
    const ends = [Math.max(from, 1), Math.min(to, last)];
    view.epochs = ends[0] > 1 || ends[1] < last ? ends : null;
    redraw();
  };
  const scaled = (factor) => {
    const [from, to] = view.epochs ?? [1, last], half = Math.max((factor * (to - from)) / 2, 1);
    const middle = Math.min(Math.max(Number(slider.value), 1 + half), last - half);
    zoom(middle - half, middle + half);
  };
  for (const chart of charts) {
    let start = null;
    chart.picture.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button !== 0) return;
      start = chart.epochAt(event.clientX);
      chart.picture.setPointerCapture(event.pointerId);
    });
    chart.picture.addEventListener("pointermove", (event) => {
      if (start !== null) chart.mark([start, chart.epochAt(event.clientX)]);
    });
    chart.picture.addEventListener("pointerup", (event) => {
      if (start === null) return;
      const ends = [start, chart.epochAt(event.clientX)].sort((a, b) => a - b);
      start = null;
      chart.mark(null);
      if (ends[1] - ends[0] >= 1) zoom(...ends);
    });
    chart.picture.addEventListener("pointercancel", () => {
      start = null;
      chart.mark(null);
    });
    chart.picture.addEventListener("dblclick", () => zoom(1, last));
  }
  const button = (name, act) => {
    const made = element("button", { type: "button", textContent: say(name) });
    made.addEventListener("click", act);
    return made;
  };
  return [button("zoom-in", () => scaled(0.5)), button("zoom-out", () => scaled(2)), button("zoom-reset", () => zoom(1, last))];
}
// Single runs, which a page holds hidden: the ticked ones stand in the address, as training.html#run=ID.
function runChoice(set, redraw) {
  const runs = new Map([...set.querySelectorAll("li[data-run]")].map((entry) => [entry.dataset.run, entry]));
  if (runs.size === 0) return [];
  const summary = element("summary"), box = element("fieldset"), inputs = new Map();
  const apply = () => {
    for (const part of set.querySelectorAll("[data-run]")) part.toggleAttribute("hidden", !inputs.get(part.dataset.run).checked);
    summary.textContent = say("runs", { shown: [...inputs.values()].filter((input) => input.checked).length, all: inputs.size });
    redraw();
  };
  const restore = () => {
    const wanted = new URLSearchParams(place()).getAll("run");
    for (const [run, input] of inputs) input.checked = wanted.includes(run);
    apply();
  };
  for (const [run, entry] of runs) {
    const input = element("input", { type: "checkbox" });
    input.addEventListener("change", () => {
      putIntoAddress([...inputs].filter(([, { checked }]) => checked).map(([each]) => ["run", each]));
      apply();
    });
    inputs.set(run, input);
    box.append(keyed(entry, input));
  }
  restoreRuns.set(set, restore);
  restore();
  return [element("details", { className: "columns" }, summary, box)];
}
const restoreRuns = new WeakMap(); // by set of charts
addEventListener("hashchange", () => {
  for (const set of document.querySelectorAll(".charts")) restoreRuns.get(set)?.();
});
// A figure is saved as it is shown: in the colours of now, with what is hidden left out.
const PAINT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "opacity", "font-size", "font-weight", "text-anchor", "vector-effect"];
const MARGIN = 12, PIXELS_PER_UNIT = 2;
function saveFigures(root) {
  for (const tools of fresh(root, ".take")) {
    const figure = tools.closest("figure"), name = tools.dataset.save;
    const offer = (format, make) => {
      const button = element("button", { type: "button", textContent: format });
      button.addEventListener("click", async () => hand(await make(figure), `${name}.${format.toLowerCase()}`));
      return button;
    };
    tools.prepend(offer("SVG", svgOf), offer("PNG", pngOf));
  }
}
function hand(blob, name) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
}
function svgOf(figure) {
  return new Blob([pictureOf(figure).text], { type: "image/svg+xml" });
}
async function pngOf(figure) {
  const { text, width, height } = pictureOf(figure);
  const image = element("img", { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}` });
  await image.decode();
  const canvas = element("canvas", { width: PIXELS_PER_UNIT * width, height: PIXELS_PER_UNIT * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}
// All pictures of a figure and the words of its charts, where they stand on the page, as one picture.
function pictureOf(figure) {
  const drawn = [...figure.querySelectorAll("svg")].filter((svg) => !svg.parentNode.closest("svg") && isShown(svg));
  const words = [...figure.querySelectorAll(".charts figcaption, .legend li")].filter(isShown);
  const boxes = [...drawn, ...words].map((part) => part.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left)) - MARGIN, top = Math.min(...boxes.map((box) => box.top)) - MARGIN;
  const width = Math.ceil(Math.max(...boxes.map((box) => box.right)) + MARGIN - left);
  const height = Math.ceil(Math.max(...boxes.map((box) => box.bottom)) + MARGIN - top);
  const picture = svgPart("svg", { width, height, viewBox: `0 0 ${width} ${height}`,
    "font-family": getComputedStyle(figure).fontFamily });
  picture.append(svgPart("rect", { width, height, fill: "var(--paper)" }),
    ...drawn.map((svg) => placed(svg, left, top)), ...words.flatMap((word) => written(word, left, top)));
  const text = new XMLSerializer().serializeToString(picture);
  return { text: inColours(text, figure), width, height };
}
// Of a colour that depends on the look of the page, a property's own value is the rule and no colour.
function inColours(text, figure) {
  const probe = element("span"), known = new Map();
  figure.append(probe);
  for (const [variable] of text.matchAll(/var\(--[\w-]+\)/g)) {
    probe.style.color = variable;
    if (!known.has(variable)) known.set(variable, getComputedStyle(probe).color);
  }
  probe.remove();
  return text.replace(/var\(--[\w-]+\)/g, (variable) => known.get(variable));
}
function isShown(part) {
  return part.getClientRects().length > 0;
}
function placed(svg, left, top) {
  const copy = svg.cloneNode(true), box = svg.getBoundingClientRect();
  const originals = svg.querySelectorAll("*"), copies = copy.querySelectorAll("*");
  // Matplotlib's pictures say their own looks; those of the charts are the style sheet's.
  if (svg.matches(".chart")) originals.forEach((original, n) => paint(copies[n], getComputedStyle(original)));
  originals.forEach((original, n) => {
    if (original.matches(".arm-faint")) copies[n].setAttribute("opacity", getComputedStyle(original).opacity);
    if (original.matches(".spot, .cursor") || (!original.closest("defs") && getComputedStyle(original).display === "none")) copies[n].remove();
  });
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  for (const name of ["class", "style", "role"]) copy.removeAttribute(name);
  for (const [name, value] of Object.entries({ x: box.left - left, y: box.top - top, width: box.width, height: box.height })) {
    copy.setAttribute(name, value);
  }
  return copy;
}
function paint(copy, style) {
  for (const property of PAINT) copy.setAttribute(property, style.getPropertyValue(property));
  if (style.transform !== "none") copy.setAttribute("transform", style.transform);
  copy.removeAttribute("class");
}
// A line of text and, of a legend, the line before it.
function written(word, left, top) {
  const box = word.getBoundingClientRect(), style = getComputedStyle(word), key = getComputedStyle(word, "::before");
  const y = box.top - top + box.height / 2, room = key.content === "none" ? 0 : parseFloat(key.width) + parseFloat(key.marginRight);
  const text = svgPart("text", { x: box.left - left + room, y, "dominant-baseline": "central", fill: style.color,
    "font-size": style.fontSize, "font-weight": style.fontWeight });
  text.textContent = word.textContent.trim().replace(/\s+/g, " ");
  if (!room) return [text];
  const dash = { dashed: "5 3", dotted: "1 3" }[key.borderTopStyle] ?? "none";
  return [svgPart("path", { d: `M${box.left - left} ${y}h${parseFloat(key.width)}`, stroke: key.borderTopColor,
    "stroke-width": key.borderTopWidth, "stroke-dasharray": dash }), text];
}
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
// What scrolls can be reached by keyboard; where links or buttons inside can be, the browser scrolls with them.
function letKeysScroll(root) {
  for (const box of root.querySelectorAll(".scroll, .inner, pre")) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls && !box.querySelector("a, button, input")) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("resize", () => letKeysScroll(document));
addEventListener("toggle", () => letKeysScroll(document), true);
// On a narrow screen the topics are a bar that scrolls: the one of this page is in sight.
function showTopic(root) {
  for (const here of fresh(root, ".topics a[aria-current]")) {
    const bar = here.closest("ul");
    bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }
}
// All parts over a root: what was enlivened before is left as it is.
function enliven(root) {
  offerThemes(root);
  sortTables(root);
  offerCopies(root);
  offerTableTools(root);
  offerCurveTools(root);
  offerArms(root);
  saveFigures(root);
  keepPlace(root);
  offerComparison(root);
  compareSweeps(root);
  openTarget(root);
  letKeysScroll(root);
  showTopic(root);
}
enliven(document);
