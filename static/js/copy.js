// Buttons that copy a text; they show themselves only where script runs.
const reveal = (scope) => { for (const button of scope.querySelectorAll("[data-copy][hidden]")) button.hidden = false; };

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const word = button.querySelector("[data-copy-word]");
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = "Copied";
  } catch {
    word.textContent = "Could not copy";
  }
  setTimeout(() => { word.textContent = before; }, 1600);
});
document.addEventListener("htmx:load", (event) => reveal(event.target));
reveal(document);
