// Makes nested lists marked data-tree into trees for the keyboard: arrows move, open and close; Home and End; letters; Enter opens.
// What was opened and closed is kept for this session of the browser.
const build = (tree) => {
  const key = `segportal.tree.${tree.getAttribute("aria-label")}`;
  let closed = {};
  try { closed = JSON.parse(sessionStorage.getItem(key) || "{}"); } catch { /* storage may be forbidden */ }
  const link = (node) => node.querySelector(":scope > .tree__row > a");
  const group = (node) => node.querySelector(":scope > ul");
  const parent = (node) => node.parentElement.closest(".tree__node");
  const visible = () => [...tree.querySelectorAll(".tree__node")].filter((node) => node.offsetParent !== null);
  const set = (node, open) => {
    if (!group(node)) return;
    node.setAttribute("aria-expanded", String(open));
    closed[link(node).getAttribute("href")] = open;
    try { sessionStorage.setItem(key, JSON.stringify(closed)); } catch { /* storage may be forbidden */ }
  };
  const focus = (node) => {
    if (!node) return;
    for (const other of tree.querySelectorAll('.tree__node[tabindex="0"]')) other.tabIndex = -1;
    node.tabIndex = 0;
    node.focus();
  };

  tree.setAttribute("role", "tree");
  for (const node of tree.querySelectorAll(".tree__node")) {
    const inner = group(node);
    node.setAttribute("role", "treeitem");
    node.setAttribute("aria-label", link(node).textContent.trim());
    node.tabIndex = -1;
    link(node).tabIndex = -1;
    if (node.hasAttribute("aria-current")) node.setAttribute("aria-selected", "true");
    if (inner) {
      inner.setAttribute("role", "group");
      const kept = closed[link(node).getAttribute("href")];
      const leadsHere = node.querySelector("[aria-current]");
      node.setAttribute("aria-expanded", String(leadsHere ? true : kept ?? node.dataset.open !== "false"));
    }
  }
  (tree.querySelector(".tree__node[aria-current]") || tree.querySelector(".tree__node"))?.setAttribute("tabindex", "0");

  tree.addEventListener("click", (event) => {
    if (!event.target.closest("[data-twist]")) return;
    const node = event.target.closest(".tree__node");
    set(node, node.getAttribute("aria-expanded") !== "true");
  });
  tree.addEventListener("keydown", (event) => {
    const node = event.target.closest(".tree__node");
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = visible();
    const at = rows.indexOf(node);
    const open = node.getAttribute("aria-expanded");
    const moves = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () => (open === "false" ? set(node, true) : focus(group(node)?.querySelector(".tree__node"))),
      ArrowLeft: () => (open === "true" ? set(node, false) : focus(parent(node))),
      Enter: () => link(node).click(),
      " ": () => link(node).click(),
      "*": () => [...node.parentElement.children].forEach((other) => set(other, true)),
    };
    const letter = event.key.length === 1 && /\p{L}|\p{N}/u.test(event.key);
    if (moves[event.key]) moves[event.key]();
    else if (letter) focus([...rows.slice(at + 1), ...rows.slice(0, at)].find((row) => link(row).textContent.trim().toLowerCase().startsWith(event.key.toLowerCase())));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
};

const start = (scope) => { for (const tree of scope.querySelectorAll?.("[data-tree]:not([role])") || []) build(tree); };
document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
