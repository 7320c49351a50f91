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

// The rule's field takes the new text as if somebody had typed it.
const write = (text) => {
  const field = document.querySelector("#id_rule");
  if (!field || field.value === text) return;
  field.value = text;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
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
document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
