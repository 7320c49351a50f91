// What is typed into a form marked data-draft="key" is kept in this browser until it was sent; it comes back with a notice.
// Passwords, files, hidden fields and those marked data-draft-skip (the server keeps them) are never kept. A draft older than two weeks is dropped.
const WEEKS = 14 * 24 * 60 * 60 * 1000;
const name = (form) => `segportal.draft.${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !["password", "file", "hidden", "submit", "button"].includes(field.type) && field.dataset.draftSkip === undefined);
const chosen = (field) => [...field.selectedOptions].map((option) => option.value).join("\n");
const value = (field) => (field.type === "checkbox" || field.type === "radio" ? `${field.value}=${field.checked}` : field.type === "select-multiple" ? chosen(field) : field.value);
const values = (form) => fields(form).map((field) => [field.name, value(field)]);
const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const drop = (form) => { try { localStorage.removeItem(name(form)); } catch { /* storage may be forbidden */ } };

const restore = (form, draft) => {
  const all = fields(form);
  if (all.length !== draft.values.length) return false;
  draft.values.forEach(([field, kept], index) => {
    const control = all[index];
    if (control.name !== field) return;
    if (control.type === "checkbox" || control.type === "radio") control.checked = kept === `${control.value}=true`;
    else if (control.type === "select-multiple") for (const option of control.options) option.selected = kept.split("\n").includes(option.value);
    else control.value = kept;
  });
  return true;
};

const start = (form) => {
  if (form.dataset.draftOn !== undefined) return;
  form.dataset.draftOn = "";
  const original = JSON.stringify(values(form));
  const draft = read(name(form));
  const answered = form.querySelector("[aria-invalid], .field__errors") !== null;
  if (draft && Date.now() - draft.at < WEEKS && !answered && JSON.stringify(draft.values) !== original && restore(form, draft)) {
    const note = document.createElement("div");
    note.className = "draft-note";
    note.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = `What you typed on ${new Date(draft.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })} was not sent. It is back in the form.`;
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "btn btn-small";
    undo.textContent = "Discard it";
    undo.addEventListener("click", () => { restore(form, { values: JSON.parse(original) }); drop(form); note.remove(); });
    note.append(words, undo);
    form.prepend(note);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
  let timer;
  const keep = () => {
    const now = values(form);
    if (JSON.stringify(now) === original) return drop(form);
    try { localStorage.setItem(name(form), JSON.stringify({ at: Date.now(), values: now })); } catch { /* storage may be full */ }
    return undefined;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();
    // Kept until the next page has come: a failed sending must not lose the words.
    try { sessionStorage.setItem("segportal.sent", name(form)); } catch { /* storage may be forbidden */ }
  });
};

// The page after a sending: when it is not the same form with errors and brings no bad news, the words have arrived.
try {
  const sent = sessionStorage.getItem("segportal.sent");
  if (sent && !document.querySelector("[data-error-summary], .field__errors, [data-problem], .toast-note--bad")) localStorage.removeItem(sent);
  sessionStorage.removeItem("segportal.sent");
} catch { /* storage may be forbidden */ }

document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.("form[data-draft]").forEach(start));
document.querySelectorAll("form[data-draft]").forEach(start);
