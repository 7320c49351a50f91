// The search dialog: opened by / or Ctrl-K or the fields marked data-palette-open; arrow keys choose among the suggestions.
const dialog = document.getElementById("palette");
const field = document.getElementById("palette-q");
const hits = document.getElementById("palette-hits");

if (dialog && field && hits) {
  let at = -1;
  const options = () => [...hits.querySelectorAll('a[role="option"]')];
  const choose = (next) => {
    const all = options();
    all[at]?.setAttribute("aria-selected", "false");
    at = all.length ? (next + all.length) % all.length : -1;
    field.removeAttribute("aria-activedescendant");
    if (at >= 0) {
      all[at].setAttribute("aria-selected", "true");
      all[at].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", all[at].id);
    }
  };
  const show = (text = "") => {
    if (dialog.open) return;
    field.value = text;
    dialog.showModal();
    field.focus();
    field.select();
  };

  document.addEventListener("segportal:search", () => show());
  for (const opener of document.querySelectorAll("[data-palette-open]")) {
    if (opener.matches("input")) {
      // Typing in the bar goes on in the dialog, where the suggestions are; the bar alone still works without script.
      opener.addEventListener("input", () => { const text = opener.value; opener.value = ""; show(text); field.setSelectionRange(text.length, text.length); field.dispatchEvent(new Event("input", { bubbles: true })); });
    } else {
      opener.addEventListener("click", () => show());
    }
  }
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { choose(at + 1); event.preventDefault(); }
    if (event.key === "ArrowUp") { choose(at < 0 ? -1 : at - 1); event.preventDefault(); }
    if (event.key === "Enter" && at >= 0) { event.preventDefault(); options()[at]?.click(); }
  });
  // Suggestions that come late leave the choice where it was, when it is still among them.
  let chosen = "";
  hits.addEventListener("htmx:beforeSwap", () => { chosen = options()[at]?.href ?? ""; });
  hits.addEventListener("htmx:afterSwap", () => {
    at = -1;
    const still = chosen ? options().findIndex((option) => option.href === chosen) : -1;
    if (still >= 0) choose(still);
    else field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-expanded", String(options().length > 0));
  });
}
