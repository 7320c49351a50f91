// Runs before the first paint: the theme and the rail as this browser keeps them, so that nothing flashes.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  let theme = "auto";
  try {
    theme = localStorage.getItem("segportal.theme") || "auto";
    if (localStorage.getItem("segportal.rail") === "folded") root.dataset.rail = "folded";
  } catch { /* storage may be forbidden; the defaults hold */ }
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
})();
