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
