// A deed is done once: while a form marked data-guard is on its way, its button waits; it comes back when the sending failed.
// A button with aria-disabled says why (data-why) instead of doing anything.
const wait = (button) => { button.setAttribute("aria-busy", "true"); button.setAttribute("aria-disabled", "true"); };
const free = (scope) => { for (const button of scope.querySelectorAll('[aria-busy="true"]')) { button.removeAttribute("aria-busy"); button.removeAttribute("aria-disabled"); } delete scope.dataset?.sent; };

document.addEventListener("click", (event) => {
  const button = event.target.closest('[aria-disabled="true"]');
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (button.dataset.why) document.dispatchEvent(new CustomEvent("segportal:toast", { detail: { text: button.dataset.why, tone: "note" } }));
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (!form || event.defaultPrevented) return;
  if (form.dataset.sent !== undefined) return event.preventDefault();
  form.dataset.sent = "";
  // After this turn, so that the button's own name and value are still sent.
  setTimeout(() => form.querySelectorAll('[type="submit"]').forEach(wait));
});
document.addEventListener("htmx:afterRequest", (event) => { const form = event.target.closest?.("form[data-guard]"); if (form) free(form); });
addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-guard]").forEach(free); });

// Why a button is disabled is also said beside its name for those who listen.
for (const button of document.querySelectorAll('[aria-disabled="true"][data-why]')) button.title ||= button.dataset.why;
const summary = document.querySelector("[data-error-summary]");
summary?.focus();
