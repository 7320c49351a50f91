// Makes nested lists marked data-tree into trees for the keyboard: arrows move, open and close; Home and End; letters; Enter opens.
// The links themselves are the items of the tree. What was opened and closed is kept for this session of the browser.
let count = 0;

const build = (tree) => {
  const key = `segportal.tree.${tree.getAttribute("aria-label")}`;
  let kept = {};
  try { kept = JSON.parse(sessionStorage.getItem(key) || "{}"); } catch { /* storage may be forbidden */ }
  const link = (node) => node.querySelector(":scope > .tree__row .tree__link");
  const node = (item) => item.closest(".tree__node");
  const group = (branch) => branch.querySelector(":scope > ul");
  const nodes = [...tree.querySelectorAll(".tree__node")];
  const set = (branch, open, keep = true) => {
    if (!group(branch)) return;
    branch.dataset.open = String(open);
    link(branch).setAttribute("aria-expanded", String(open));
    if (!keep) return;
    kept[link(branch).getAttribute("href")] = open;
    try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch { /* storage may be forbidden */ }
  };
  const focus = (branch) => {
    if (!branch) return;
    for (const other of nodes) link(other).tabIndex = -1;
    link(branch).tabIndex = 0;
    link(branch).focus();
  };

  tree.dataset.treeOn = "";
  tree.setAttribute("role", "tree");
  for (const branch of nodes) {
    const item = link(branch);
    const inner = group(branch);
    branch.setAttribute("role", "none");
    item.setAttribute("role", "treeitem");
    item.tabIndex = -1;
    if (branch.hasAttribute("aria-current")) {
      branch.removeAttribute("aria-current");
      branch.dataset.current = "";
      item.setAttribute("aria-current", "page");
      item.setAttribute("aria-selected", "true");
    }
    if (inner) {
      count += 1;
      inner.id = `tree-group-${count}`;
      inner.setAttribute("role", "group");
      item.setAttribute("aria-owns", inner.id);
    }
  }
  for (const branch of nodes) {
    const leadsToCurrent = branch.querySelector(":scope ul [data-current]") !== null;
    set(branch, leadsToCurrent || (kept[link(branch).getAttribute("href")] ?? branch.dataset.open !== "false"), false);
  }
  const first = tree.querySelector("[data-current]") || nodes[0];
  if (first) link(first).tabIndex = 0;

  tree.addEventListener("click", (event) => {
    if (!event.target.closest("[data-twist]")) return;
    const branch = node(event.target);
    set(branch, branch.dataset.open === "false");
  });
  tree.addEventListener("keydown", (event) => {
    const branch = event.target.closest('[role="treeitem"]') && node(event.target);
    if (!branch || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = nodes.filter((other) => other.offsetParent !== null);
    const at = rows.indexOf(branch);
    const open = link(branch).getAttribute("aria-expanded");
    const moves = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () => (open === "false" ? set(branch, true) : open === "true" && focus(rows[at + 1])),
      ArrowLeft: () => (open === "true" ? set(branch, false) : focus(branch.parentElement.closest(".tree__node"))),
      " ": () => link(branch).click(),
      "*": () => [...branch.parentElement.children].forEach((other) => set(other, true)),
    };
    const letter = event.key.length === 1 && /\p{L}|\p{N}/u.test(event.key);
    if (moves[event.key]) moves[event.key]();
    else if (letter) focus([...rows.slice(at + 1), ...rows.slice(0, at)].find((row) => link(row).textContent.trim().toLowerCase().startsWith(event.key.toLowerCase())));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
};

const start = (scope) => { for (const tree of scope.querySelectorAll?.("[data-tree]:not([data-tree-on])") || []) build(tree); };
document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
