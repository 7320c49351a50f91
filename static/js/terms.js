// Definitions of words: hover, focus and tap show them by style alone; here they stay on the page, and Escape hides them.
const EDGE = 12;

const place = (term) => {
  const tip = term.querySelector(".term__tip");
  if (!tip) return;
  term.classList.remove("term--hushed");
  tip.style.removeProperty("translate");
  const box = tip.getBoundingClientRect();
  if (!box.width) return;
  const over = Math.max(0, box.right + EDGE - document.documentElement.clientWidth);
  const under = Math.max(0, EDGE - (box.left - over));
  if (over || under) tip.style.translate = `${under - over}px 0`;
};

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const term = event.target.closest?.(".term");
    if (term && !term.contains(event.relatedTarget)) place(term);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:hover, .term:focus-within")) term.classList.add("term--hushed");
});
