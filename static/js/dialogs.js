// Opens <dialog id="x"> by data-dialog="x", closes by data-close, by Escape and by a click beside it; focus returns to the opener.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    // A menu folds away with its item: the focus goes back to what opened the menu.
    const menu = opener.closest("details[data-menu]");
    menu?.querySelector("summary").focus();
    menu?.removeAttribute("open");
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target.closest("[data-close]") || event.target === dialog)) {
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (event.target !== dialog || !inside) dialog.close();
  }
});
