// Light, dark or as the device says; and the folding of the rail. Both are kept in this browser.
const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");

const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage may be forbidden */ } };
const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

const show = () => {
  const theme = kept("segportal.theme") || "auto";
  const dark = theme === "dark" || (theme === "auto" && device.matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#13171d" : "#fbf9f5");
};

for (const choice of document.querySelectorAll("[data-theme-choice]")) {
  choice.hidden = false;
  const current = choice.querySelector(`input[value="${kept("segportal.theme") || "auto"}"]`);
  if (current) current.checked = true;
  choice.addEventListener("change", (event) => { keep("segportal.theme", event.target.value); show(); });
}
device.addEventListener("change", show);
addEventListener("storage", (event) => { if (event.key === "segportal.theme") show(); });
show();

const fold = document.querySelector("[data-rail-fold]");
const say = () => { if (fold) { const folded = root.dataset.rail === "folded"; fold.setAttribute("aria-expanded", String(!folded)); fold.title = folded ? "Unfold" : "Fold"; fold.querySelector(".rail__word").textContent = fold.title; } };
fold?.addEventListener("click", () => {
  if (root.dataset.rail === "folded") delete root.dataset.rail; else root.dataset.rail = "folded";
  keep("segportal.rail", root.dataset.rail || "open");
  say();
});
say();
