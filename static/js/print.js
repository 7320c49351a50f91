// The print button, and paper that hides nothing: what is folded on the screen is unfolded while printing.
const folded = new Set();

addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("main details:not([open], [data-menu])")) {
    folded.add(part);
    part.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const part of folded) part.open = false;
  folded.clear();
});

const reveal = (scope) => { for (const button of scope.querySelectorAll?.("[data-print][hidden]") || []) button.hidden = false; };
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
document.addEventListener("htmx:load", (event) => reveal(event.target));
reveal(document);
