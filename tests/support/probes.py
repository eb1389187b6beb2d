"""What the crawl asks a page in the browser: expressions that give a list of lines, each a fault."""

# Elements are named as a person would look for them: the tag, the id or classes, the first words.
_NAMED = """
const named = (element) => {
  const css = typeof element.className === "string" ? element.className : element.className.baseVal;
  const where = element.id ? "#" + element.id : css ? "." + css.trim().split(/\\s+/).join(".") : "";
  return element.tagName.toLowerCase() + where + " " + JSON.stringify(element.textContent.trim().slice(0, 40));
};
const seen = (element) => element.checkVisibility({ visibilityProperty: true });
const focusable = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const tabbable = () => [...document.querySelectorAll(focusable)].filter((element) =>
  seen(element) && !element.disabled && element.tabIndex >= 0);
"""


def _probe(body: str) -> str:
    return f"(() => {{ {_NAMED} {body} }})()"


def settled(*probes: str) -> str:
    """The probes' lines together, once the page's script has heard of a change of its size."""
    return f"new Promise(requestAnimationFrame).then(() => [{', '.join(f'...{probe}' for probe in probes)}])"


WIDER_THAN_THE_SCREEN = _probe("""
  const page = document.scrollingElement, width = page.clientWidth;
  if (page.scrollWidth <= width) return [];
  const boxed = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return true;
    }
    return false;
  };
  const guilty = [...document.body.querySelectorAll(":not(svg *)")].filter((element) =>
    element.getBoundingClientRect().right > width + 0.5 && !boxed(element));
  return [`${page.scrollWidth} px wide on a screen of ${width}: ${guilty.slice(-3).map(named).join(", ")}`];
""")
"""The whole page scrolls sideways. Boxes that scroll by themselves may."""

OUT_OF_REACH = _probe("""
  return [...document.body.querySelectorAll(":not(svg *)")].filter((element) => {
    if (!seen(element)) return false;
    const { overflowX, overflowY } = getComputedStyle(element);
    const scrolls = (size, inner, overflow) => inner > size + 1 && ["auto", "scroll"].includes(overflow);
    return scrolls(element.clientWidth, element.scrollWidth, overflowX)
      || scrolls(element.clientHeight, element.scrollHeight, overflowY);
  }).filter((element) => !element.matches(focusable) && !element.querySelector(focusable))
    .map((element) => "scrolls out of a keyboard's reach: " + named(element));
""")
"""What scrolls, with nothing in it that a keyboard comes to."""

HIDDEN_VOTES = _probe("""
  return [...document.querySelectorAll(".says")].filter(seen).filter((caption) => {
    const [, ...rest] = caption.childNodes, frame = caption.parentElement.getBoundingClientRect();
    const right = Math.min(frame.right, caption.getBoundingClientRect().right) + 0.5, range = document.createRange();
    return !rest.length || rest.some((node) => {
      range.selectNode(node);
      const boxes = [...range.getClientRects()];
      return node.textContent.trim() && (!boxes.length || boxes.some((box) => box.width < 1 || box.right > right));
    });
  }).map((caption) => "no room for how sure it is: " + named(caption));
""")
"""Captions of pictures in which a name leaves no room for the probability or the votes that stand after it."""

HIDDEN_NUMBERS = _probe("""
  return [...document.querySelectorAll(".scroll")].filter((box) => {
    const name = box.querySelector("tbody th");
    return name && seen(name) && box.scrollWidth > box.clientWidth && name.offsetWidth > 0.6 * box.clientWidth;
  }).map((box) => "names take most of the room: " + named(box));
""")
"""Tables that scroll, of which a reader sees names and no number."""

BESIDE_THE_COLUMN = _probe("""
  const main = document.querySelector("main"), links = [...document.querySelectorAll(".local li")].filter(seen);
  if (!main || !links.length) return [];
  const edge = main.getBoundingClientRect().left + parseFloat(getComputedStyle(main).paddingLeft);
  return Math.abs(links[0].getBoundingClientRect().left - edge) < 1.5 ? [] : ["out of the column: " + named(links[0])];
""")
"""Links to other pages of a kind that do not begin where the page's text does."""

CUT_OFF_ON_PAPER = _probe("""
  const width = document.scrollingElement.clientWidth, found = [];
  const whole = "table, figure, figure > svg, pre, .tile, .card, dl, h1, h2, h3, p";
  for (const element of document.querySelectorAll(whole)) {
    const box = element.getBoundingClientRect();
    if (!seen(element)) continue;
    if (box.right > width + 1 || box.left < -1) found.push("over the paper's edge: " + named(element));
    if (element.matches("figure") && box.height > 940) found.push("higher than a sheet of paper: " + named(element));
  }
  for (const element of document.body.querySelectorAll(":not(svg, svg *, .tile *, .card summary *)")) {
    if (!seen(element)) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    if ((overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1)
      || (overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1)) {
      found.push("cut off on paper: " + named(element));
    }
  }
  for (const element of document.querySelectorAll("nav, input, select, .permalink, .tools")) {
    if (seen(element)) found.push("of no use on paper: " + named(element));
  }
  return found;
""")
"""On paper, of which a sheet is 720 by 940 px within its margins, nobody can scroll or click."""

OPENED = "for (const each of document.querySelectorAll('details')) each.open = true"

FOLLOW_THE_FOCUS = _probe("""
  window.tabbed = [];
  document.addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target), spot = target.querySelector(".spot");
    const marked = (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none"
      || (spot && getComputedStyle(spot).stroke !== "none");
    window.tabbed.push([target, marked]);
  });
  return tabbable().length;
""")
"""Takes down where the focus goes from now on; gives the number of places that it should come to."""

LEFT_OUT_BY_TAB = _probe("""
  const came = new Set(window.tabbed.map(([element]) => element));
  const found = tabbable().filter((element) => element.type !== "radio" && !came.has(element));
  const unmarked = window.tabbed.filter(([, marked]) => !marked);
  return [
    ...found.map((element) => "Tab does not come to " + named(element)),
    ...unmarked.map(([element]) => "nothing marks the focus on " + named(element)),
  ];
""")
"""After a way through the whole page. Of a group of radio buttons Tab comes to one."""
