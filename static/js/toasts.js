// Short news at the lower right. Others ask by an event: document.dispatchEvent(new CustomEvent("segportal:toast",
// {detail: {text, tone, link: {href, text}}})). Good news leaves by itself; errors stay until closed.
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");

const shapes = { good: "check-circle", note: "info-circle", warn: "exclamation-triangle", bad: "x-circle" };

const leaveLater = (toast) => {
  if (toast.hasAttribute("data-stays")) return;
  let timer = setTimeout(() => toast.remove(), 7000);
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 3000); });
};

const show = ({ text, tone = "note", link }) => {
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.classList.add(`toast-note--${tone}`);
  const use = toast.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${shapes[tone]}`));
  const words = toast.querySelector(".toast-note__text");
  words.textContent = text;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    words.append(" ", anchor);
  }
  if (tone === "bad" || tone === "warn") {
    toast.setAttribute("role", "alert");
    toast.setAttribute("data-stays", "");
    for (const old of region.querySelectorAll("[data-toast]")) if (old.querySelector(".toast-note__text").textContent === words.textContent) old.remove();
  }
  region.append(toast);
  leaveLater(toast);
};

region?.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove());
region?.querySelectorAll("[data-toast]").forEach(leaveLater);
document.addEventListener("segportal:toast", (event) => show(event.detail));
