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
