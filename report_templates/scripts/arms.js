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
