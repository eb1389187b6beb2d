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
