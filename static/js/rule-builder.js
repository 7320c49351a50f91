// The editor of a rule. The server keeps the draft and renders every view; this sends deeds one after the other, keeps the focus where
// it was, fills the form's field, and adds what a keyboard and a pointer expect: undo keys, search lists, dragging.
const host = document.querySelector("[data-builder]");
const form = document.getElementById("builder-form");
const tab = Math.random().toString(36).slice(2, 12);
const waiting = [];
let busy = false;
let timer;

const field = () => document.getElementById(host.dataset.field);
const toast = (text, tone = "note") => document.dispatchEvent(new CustomEvent("segportal:toast", { detail: { text, tone } }));
const byId = (id) => document.getElementById(id);
const state = () => byId("builder-state");

// ---- Sending ----
const typedSince = new Set();

const send = async (deed) => {
  form.elements.op.value = deed.op;
  form.elements.touch.value = deed.touch ?? "";
  form.elements.tab.value = tab;
  form.elements.revision.value = state()?.dataset.revision ?? "0";
  typedSince.clear();
  const before = new Set([...host.querySelectorAll("[data-part]")].map((part) => part.dataset.part));
  const given = deed.text === undefined ? null : Object.assign(document.createElement("input"), { type: "hidden", name: "text", value: deed.text });
  if (given) { byId("builder-text")?.removeAttribute("name"); form.append(given); }
  try {
    await window.htmx.ajax("POST", byId("builder").dataset.draftUrl, { source: form, target: "#builder", swap: "outerHTML" });
  } finally { given?.remove(); }
  arrived(deed, before);
};

const act = (op, more = {}) => {
  clearTimeout(timer);
  const last = waiting.at(-1);
  if (op === "fill" && last?.op === "fill") last.touch = more.touch;
  else waiting.push({ op, ...more });
  pump();
};

const pump = async () => {
  if (busy || !waiting.length || !byId("builder")) return;
  busy = true;
  try { await send(waiting.shift()); } catch { /* told by the toasts */ } finally { busy = false; pump(); }
};

// ---- After an answer ----
const share = () => {
  const now = state();
  const target = field();
  if (!now || !target || target.value === now.dataset.text) return;
  target.value = now.dataset.text;
  target.dispatchEvent(new Event("input", { bubbles: true }));
};

const shown = (element) => element && element.offsetParent !== null;
const first = (scope) => [...(scope?.querySelectorAll("input:not([type=hidden]), textarea, select") ?? [])].find(shown);

const arrived = (deed, before) => {
  share();
  spread();
  if (deed.then) return first(byId("builder").querySelector(`[data-clause="${deed.then.replace("clause-", "")}"]`))?.focus();
  const added = [...host.querySelectorAll("[data-clause]")].find((clause) => !before.has(clause.closest("[data-part]").dataset.part));
  if (/^(add|add-group|add-segment|add-written|duplicate) /.test(deed.op) && added) return (added.querySelector("[role=combobox]") ?? first(added))?.focus();
  if (deed.op === "paste" && added) byId("builder-paste").close();
  if (deed.op.startsWith("add-values")) return byId(`n-${deed.op.split(" ")[1]}`)?.focus();
  if (deed.to) return byId(deed.to)?.focus();
  if (deed.focus && document.activeElement === document.body) refocus(deed.focus);
  return undefined;
};

// Where to go on when the button that was pressed is not there any more: the same part, the part now in its place, or the adding button.
const refocus = ({ id, part, place, group }) => {
  const parts = byId(`add-${group}`)?.closest("[data-group]")?.querySelectorAll(":scope > ul > li") ?? [];
  const next = parts[Math.min(place, parts.length - 1)];
  (byId(id) ?? byId(`more-${part}`) ?? next?.querySelector("summary") ?? byId(`add-${group}`) ?? byId("view-builder"))?.focus();
};
const whereabouts = (button) => {
  const part = button.closest("[data-part]");
  return { id: button.id || button.closest("details")?.querySelector("summary")?.id, part: part?.dataset.part, place: part ? [...part.parentElement.children].indexOf(part) : 0, group: part?.parentElement.closest("[data-group]")?.dataset.group };
};

// Figures and remarks come with the look and the proofs; each goes beside its part, also after the parts were shown anew.
const spread = () => {
  for (const told of host.querySelectorAll("[data-for]")) {
    const place = byId(told.dataset.for);
    if (place && place.innerHTML !== told.innerHTML) place.innerHTML = told.innerHTML;
  }
};

// Proofs take longer and nobody waits for them: they are asked for once nothing changes for a while, and a page that is left forgets them.
let proving;
let quiet;
const prove = () => {
  clearTimeout(quiet);
  proving?.abort();
  const place = byId("builder-proofs");
  // What was proved and counted of the rule as it was is not said of the rule as it is.
  for (const told of place.querySelectorAll("[data-for]")) byId(told.dataset.for)?.replaceChildren();
  place.replaceChildren();
  quiet = setTimeout(async () => {
    proving = new AbortController();
    const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
    const body = new URLSearchParams({ parent: byId("id_parent")?.value ?? "" });
    try {
      const answer = await fetch(place.dataset.url, { method: "POST", headers, body, signal: proving.signal });
      if (!answer.ok || answer.redirected) return;
      place.innerHTML = await answer.text();
      spread();
    } catch { /* the next change asks again */ }
  }, 700);
};

// What was typed while an answer was on its way is not overwritten by it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "builder" || !typedSince.size) return;
  const kept = [...typedSince].map((input) => ({ id: input.id, value: input.value }));
  const active = document.activeElement?.id;
  document.addEventListener("htmx:afterSwap", () => {
    for (const { id, value } of kept) {
      const input = byId(id);
      if (input && input.value !== value) { input.value = value; typed(input); }
    }
    if (active) byId(active)?.focus();
  }, { once: true });
});

// ---- Typing ----
const typed = (input) => {
  typedSince.add(input);
  clearTimeout(timer);
  timer = setTimeout(() => act("fill", { touch: input.name }), 120);
};

const start = () => {
  // Among whom a rule is tried stands in the address, so that it survives a reload as the draft does.
  if (!host.dataset.field) byId("id_parent")?.addEventListener("change", (event) => {
    const address = new URL(location.href);
    address.searchParams.set("parent", event.target.value);
    history.replaceState(history.state, "", address);
  });
  // Another part of the page wrote a whole rule.
  document.addEventListener("segportal:rule", (event) => act(host.querySelector("[data-op^='view '][aria-pressed='true']")?.dataset.op ?? "view builder", { text: event.detail }));
  host.addEventListener("input", (event) => { if (event.target.matches("[data-typed]") && !event.target.matches("select")) typed(event.target); });
  host.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("select[data-typed]")) act("fill", { focus: { id: input.id } });
    if (input.matches("[data-lowers]")) {
      input.previousElementSibling.value = input.checked ? "yes" : "no";
      act("fill", { focus: { id: input.id } });
    }
    if (input.matches("select[data-adds]") && input.value) act(`add-values ${input.dataset.adds}`);
  });
  host.addEventListener("click", (event) => {
    const button = event.target.closest("[data-op]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    event.preventDefault();
    act(button.dataset.op, { focus: whereabouts(button), then: button.dataset.then });
    button.closest("details[data-menu]")?.removeAttribute("open");
  });
  host.addEventListener("paste", (event) => {
    const input = event.target.closest("textarea[data-adds]");
    if (input && /[\n,;\t]/.test(event.clipboardData?.getData("text") ?? "")) setTimeout(() => act(`add-values ${input.dataset.adds}`));
  });
  host.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key === "Enter" && input.matches("textarea[data-adds]") && !event.shiftKey) {
      event.preventDefault();
      if (input.value.trim()) act(`add-values ${input.dataset.adds}`);
    } else if (event.key === "Enter" && input.matches("input[data-typed]")) {
      event.preventDefault();
      act("fill", { touch: input.name });
    } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && !input.matches("select, [role=combobox]")) {
      const part = input.closest("[data-part]");
      if (part) { event.preventDefault(); byId(`${event.key === "ArrowUp" ? "up" : "down"}-${part.dataset.part}`)?.click(); }
    }
  });
};

const typing = (target) => target.closest?.("input:not([type=checkbox]), textarea, [contenteditable], .rule-editor");
document.addEventListener("keydown", (event) => {
  if (!host || !(event.ctrlKey || event.metaKey) || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const op = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : "";
  if (op && byId(`builder-${op}`)) { event.preventDefault(); byId(`builder-${op}`).click(); }
});

// An unfinished rule is not sent: the page goes to what is missing instead.
document.addEventListener("submit", (event) => {
  const now = state();
  if (!host || !event.target.contains(host)) return;
  if (busy || waiting.length) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    return setTimeout(() => event.target.requestSubmit(submitter), 60);
  }
  if (!now || now.dataset.ready === "yes") return undefined;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(`The rule is not finished: ${now.dataset.fault}`, "bad");
  const flaw = [...host.querySelectorAll("[id^=flaw-]")].find((one) => one.textContent.trim());
  return (first(flaw?.closest("[data-clause], [data-group]")) ?? byId("builder-text") ?? byId("view-builder"))?.focus();
}, true);

// ---- Search lists ----
const list = (input) => byId(input.getAttribute("aria-controls"));
const options = (input) => [...list(input).querySelectorAll("[data-key]")];
const close = (input) => {
  list(input).hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};
const mark = (input, at) => {
  const all = options(input);
  all.forEach((option, place) => { option.id = `${list(input).id}-${place}`; option.setAttribute("aria-selected", String(place === at)); });
  if (all[at]) { input.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
};
const marked = (input) => options(input).findIndex((option) => option.getAttribute("aria-selected") === "true");
const choose = (input, option) => {
  input.value = input.dataset.held = option.dataset.label;
  input.closest("[data-pick]").querySelector("[data-pick-key]").value = option.dataset.key;
  close(input);
  const clause = input.closest("[data-clause]")?.dataset.clause;
  act("fill", { to: input.id.startsWith("a-") ? `o-${clause}` : input.id });
};

const picks = () => {
  host.addEventListener("focusin", (event) => { if (event.target.matches("[role=combobox]")) event.target.select(); });
  host.addEventListener("click", (event) => {
    const option = event.target.closest("[data-key]");
    if (option) choose(option.closest("[data-pick]").querySelector("[role=combobox]"), option);
    else if (event.target.matches("[role=combobox]") && list(event.target).hidden) window.htmx.trigger(event.target, "pick-open");
  });
  host.addEventListener("mousedown", (event) => { if (event.target.closest(".pick__list")) event.preventDefault(); });
  // Listened to here and not by the field itself: one that has just come would miss the first keys.
  let searching;
  host.addEventListener("input", (event) => {
    if (!event.target.matches("[role=combobox]")) return;
    clearTimeout(searching);
    searching = setTimeout(() => window.htmx.trigger(event.target, "pick-open"), 120);
  });
  host.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target;
    if (!box?.matches?.(".pick__list")) return;
    const input = box.closest("[data-pick]").querySelector("[role=combobox]");
    if (document.activeElement !== input) return;
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    // Enter takes what was searched for; where nothing was typed, what stands there already.
    const key = input.closest("[data-pick]").querySelector("[data-pick-key]").value;
    mark(input, input.value === input.dataset.held ? options(input).findIndex((option) => option.dataset.key === key) : options(input).length ? 0 : -1);
  });
  // The whole list is shown at first: what stands in the field is the answer, not a question.
  host.addEventListener("htmx:configRequest", (event) => {
    const input = event.detail.elt;
    if (input.matches("[role=combobox]") && input.value === input.dataset.held) event.detail.parameters.q = "";
  });
  host.addEventListener("focusout", (event) => {
    const input = event.target;
    if (!input.matches("[role=combobox]") || !input.isConnected) return;
    input.value = input.dataset.held;
    close(input);
  });
  host.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("[role=combobox]")) return;
    const all = options(input);
    const isOpen = !list(input).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) window.htmx.trigger(input, "pick-open");
      else if (all.length) mark(input, (marked(input) + (event.key === "ArrowDown" ? 1 : all.length - (marked(input) < 0 ? 0 : 1)) + all.length) % all.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen && marked(input) >= 0) choose(input, all[marked(input)]);
    } else if (event.key === "Escape" && (isOpen || input.value !== input.dataset.held)) {
      event.preventDefault();
      event.stopPropagation();
      input.value = input.dataset.held;
      close(input);
    }
  });
};

// ---- Dragging: the grip of a part is pulled to another place; the buttons do the same without a pointer. ----
const drags = () => {
  let drag;
  const place = (x, y) => {
    const over = document.elementFromPoint(x, y)?.closest("[data-part], [data-group]");
    if (!over || !host.contains(over) || drag.part.contains(over)) return null;
    if (over.matches("[data-group]")) return { group: over, at: over.querySelector(":scope > ul")?.children.length ?? 0, beside: over.querySelector(":scope > .builder-group__add"), before: true };
    const box = over.getBoundingClientRect();
    const before = y < box.top + box.height / 2;
    return { group: over.parentElement.closest("[data-group]"), at: [...over.parentElement.children].indexOf(over) + (before ? 0 : 1), beside: over, before };
  };
  const unmark = () => { for (const one of host.querySelectorAll(".is-before, .is-after")) one.classList.remove("is-before", "is-after"); };
  host.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag = { part: grip.closest("[data-part]"), target: null };
    drag.part.classList.add("is-dragged");
  });
  host.addEventListener("pointermove", (event) => {
    if (!drag) return;
    unmark();
    drag.target = place(event.clientX, event.clientY);
    drag.target?.beside?.classList.add(drag.target.before ? "is-before" : "is-after");
  });
  const drop = (event) => {
    if (!drag) return;
    const { part, target } = drag;
    drag = undefined;
    unmark();
    part.classList.remove("is-dragged");
    if (event.type === "pointerup" && target) act(`move ${part.dataset.part} ${target.group.dataset.group} ${target.at}`, { focus: { id: `more-${part.dataset.part}` } });
  };
  host.addEventListener("pointerup", drop);
  host.addEventListener("pointercancel", drop);
};

if (host && form && window.htmx) {
  start();
  picks();
  drags();
  host.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "rule-look") { prove(); spread(); } });
  const { subject, start: text, openUrl } = host.dataset;
  window.htmx.ajax("POST", openUrl, { source: host, target: host, swap: "innerHTML", values: { subject, rule: text } }).then(() => {
    if (!byId("builder")) return;
    const plain = field()?.closest("[data-plain-rule]");
    if (plain) plain.hidden = true;
    share();
  });
}
