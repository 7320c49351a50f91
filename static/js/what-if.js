// Trying values of a threshold: the slider shows the row of the table at its place, and a chosen value goes into the rule.
const show = (region, place) => {
  const row = region.querySelector(`tr[data-point="${place}"]`);
  const range = region.querySelector("input[type=range]");
  if (!row || !range) return;
  for (const slot of region.querySelectorAll("[data-show]")) {
    const cell = row.querySelector(`[data-cell="${slot.dataset.show}"]`);
    if (!cell) continue;
    slot.replaceChildren(...cell.cloneNode(true).childNodes);
    if (slot.dataset.show === "deed") window.htmx?.process(slot);
  }
  range.setAttribute("aria-valuetext", row.querySelector('[data-cell="words"]').textContent.trim());
  for (const dot of region.querySelectorAll("[data-position]")) dot.setAttribute("r", dot.dataset.position === String(place) ? "6" : "2.5");
};

// A rule with the chosen value goes to the editor, which fills the form's field; without one, to the field itself.
const write = (text) => {
  const field = document.querySelector("#id_rule");
  if (!field || field.value === text) return;
  if (document.getElementById("builder")) {
    document.dispatchEvent(new CustomEvent("segportal:rule", { detail: text }));
    return;
  }
  field.value = text;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
};

// Beside a rule that is being written: counted when somebody looks, and again when the rule was changed meanwhile.
let timer;
const again = () => {
  const place = document.querySelector("[data-what-if-place]");
  if (place?.closest("details").open) window.htmx?.trigger(place, "again");
};

const prepare = (scope) => {
  const regions = [...(scope.querySelectorAll?.("[data-what-if]") || [])];
  if (scope.matches?.("[data-what-if]")) regions.push(scope);
  for (const region of regions) {
    const given = region.querySelector("[data-new-rule]");
    if (given) write(given.value);
    const slide = region.querySelector("[data-script-only]");
    if (!slide) continue;
    slide.hidden = false;
    region.querySelector("details[data-fold]")?.removeAttribute("open");
    show(region, slide.querySelector("input[type=range]").value);
  }
};

document.addEventListener("input", (event) => {
  const region = event.target.matches?.(".what-if__range") && event.target.closest("[data-what-if]");
  if (region) show(region, event.target.value);
});
document.addEventListener("input", (event) => {
  if (event.target.id !== "id_rule") return;
  clearTimeout(timer);
  timer = setTimeout(again, 700);
});
document.addEventListener("toggle", (event) => { if (event.target.querySelector?.("[data-what-if-place]")) again(); }, true);
document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
