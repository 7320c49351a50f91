// A region that draws itself anew rests while nobody sees it or somebody works in it, and says when its figures have aged.
const live = () => document.querySelector("[data-live]");
const busy = (region) => region.contains(document.activeElement) && document.activeElement !== region;
const say = (text) => {
  const note = live()?.querySelector("[data-live-note]");
  if (note && note.textContent !== text) note.textContent = text;
};

document.addEventListener("htmx:beforeRequest", (event) => {
  const region = event.detail.elt;
  if (!region.matches?.("[data-live]")) return;
  if (document.hidden) return event.preventDefault();
  if (busy(region)) {
    event.preventDefault();
    say("Rests while you are in it; leave it and it goes on.");
  }
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && live()) window.htmx.trigger(live(), "live-again");
});

const aged = (event) => {
  if (!event.detail.elt?.matches?.("[data-live]")) return;
  event.stopImmediatePropagation(); // said here, once, instead of in a new message every few seconds
  const { status } = event.detail.xhr || {};
  if (status === 401 || status === 403) return say("You are signed out, or may no longer see this. Reload the page.");
  say("The portal does not answer just now: these figures have aged. Asked again every 5 seconds.");
};
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, aged, true);
