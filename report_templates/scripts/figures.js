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
