// Stands right after the facts and runs before they are painted: folded where they would push the page's own matter down.
(() => {
  const fold = document.currentScript.previousElementSibling;
  if (fold && matchMedia("(max-width: 64rem)").matches && fold.offsetHeight > 260 && !fold.querySelector(".vote-box")) fold.open = false;
  const wide = matchMedia("(min-width: 64.01rem)");
  const unfold = () => { if (fold && wide.matches) fold.open = true; };
  wide.addEventListener("change", unfold);
})();
