// Rows of a document: add one by copying the last one empty, take one away by emptying and removing it. Where the buttons
// would send the form to get the same without script, they do not.
const renumber = (row, number) => {
  for (const part of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const attribute of ["name", "id", "for", "aria-describedby"]) {
      const value = part.getAttribute(attribute);
      if (value) part.setAttribute(attribute, value.replace(/-\d+-/, `-${number}-`));
    }
  }
};

const empty = (row) => {
  for (const field of row.querySelectorAll("input, textarea, select")) field.value = "";
  for (const error of row.querySelectorAll(".field__errors")) error.remove();
};

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-row]");
  if (add) {
    event.preventDefault();
    const list = document.getElementById(add.dataset.addRow);
    const last = list.lastElementChild;
    const number = Number(last.querySelector("[name]").name.split("-")[1]) + 1;
    const row = last.cloneNode(true);
    renumber(row, number);
    empty(row);
    list.append(row);
    row.querySelector("input, textarea, select").focus();
  }
  const drop = event.target.closest("[data-drop-row]");
  if (drop) {
    event.preventDefault();
    const row = drop.closest("li");
    const next = row.nextElementSibling || row.previousElementSibling;
    if (next) { row.remove(); next.querySelector("input, textarea, select").focus(); } else empty(row);
  }
});
