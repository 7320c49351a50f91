// Keys for those who do not leave the keyboard: / and Ctrl-K search, ? lists the keys, g h goes home, g 1 to g 9 go to a place.
let waiting = false;
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], .cm-editor");
const search = () => document.dispatchEvent(new CustomEvent("segportal:search"));

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); search(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (waiting) {
    waiting = false;
    const places = document.querySelectorAll(".rail__list a");
    const place = event.key === "h" ? document.querySelector(".rail > .brand") : places[Number(event.key) - 1];
    if (place) { event.preventDefault(); place.click(); }
    return;
  }
  // On pages with tabs and a vote: [ and ] walk through the tabs, v goes to the vote.
  if (event.key === "[" || event.key === "]") {
    const tabs = [...document.querySelectorAll(".reviews-request .tabs a")];
    const here = tabs.findIndex((tab) => tab.getAttribute("aria-current"));
    tabs[here + (event.key === "]" ? 1 : -1)]?.click();
  }
  if (event.key === "v") document.querySelector(".vote-box input[name=verdict]")?.focus();
  if (event.key === "/") { event.preventDefault(); search(); }
  if (event.key === "?") { event.preventDefault(); document.getElementById("shortcuts")?.showModal(); }
  if (event.key === "g") { waiting = true; setTimeout(() => { waiting = false; }, 1200); }
});
