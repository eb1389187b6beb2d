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
