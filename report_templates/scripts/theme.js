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
