// Charts of curves by epoch: a slider reads all of them off at one epoch, and boxes hide an arm.
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
      const seen = entries.filter((entry) => !entry.matches(".out, .arm-out"));
      return [figure.querySelector("figcaption").textContent, ...seen.map((entry) => entry.textContent.trim())].join(", ");
    },
    epochAt(clientX) {
      const box = plot.parentNode.getBoundingClientRect(), view = plot.parentNode.viewBox.baseVal;
      const x = ((clientX - box.left) / box.width) * view.width - plot.x.baseVal.value;
      return (left + (x / plot.width.baseVal.value) * width) / parts;
    },
  };
}
function hiders(set) {
  const box = element("fieldset", {}, element("legend", { textContent: set.dataset.show }));
  const first = new Map([...set.querySelectorAll("li[data-arm]")].reverse().map((entry) => [entry.dataset.arm, entry]));
  for (const [arm, entry] of [...first].reverse()) {
    const input = element("input", { type: "checkbox", checked: true });
    input.addEventListener("change", () => {
      for (const part of set.querySelectorAll(`[data-arm="${arm}"]`)) part.classList.toggle("out", !input.checked);
    });
    box.append(labelled(element("span", { className: entry.className, textContent: entry.firstChild.textContent.trim() }), input));
  }
  return first.size > 1 ? [box] : [];
}
function readCurves(root) {
  for (const set of fresh(root, ".charts")) {
    const charts = [...set.querySelectorAll("figure")].map(chartOf), last = Number(set.dataset.last);
    const tools = element("div", { className: "tools" }), output = element("output", { textContent: last });
    const slider = element("input", { type: "range", min: 1, max: last, value: last });
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
    if (last > 1) tools.append(labelled(set.dataset.epoch, slider), output);
    tools.append(...hiders(set));
    set.prepend(tools);
  }
}
