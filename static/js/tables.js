// Tables by keyboard (j and k move, Enter opens the row's first link), and their roles where phones show them as cards.
const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

const name = (scope) => {
  for (const table of scope.querySelectorAll?.("table.table") || []) {
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) part.setAttribute("role", roles[part.tagName]);
    for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.closest("thead") ? "columnheader" : "rowheader");
  }
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k", "Enter"].includes(event.key)) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .cm-editor, dialog, [role='tree']")) return;
  const row = document.activeElement?.closest?.("tbody tr");
  if (event.key === "Enter") {
    if (row && row === document.activeElement) row.querySelector("a[href]")?.click();
    return;
  }
  const rows = [...document.querySelectorAll("table.table tbody tr")].filter((other) => other.offsetParent !== null && other.querySelector("a[href]"));
  if (!rows.length) return;
  const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + (event.key === "j" ? 1 : -1)))];
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:load", (event) => name(event.target));
name(document);
