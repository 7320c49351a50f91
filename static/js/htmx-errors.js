// Says in words what went wrong with a request of a part of the page: the server's own sentence where there is one.
const tell = (text, link) => document.dispatchEvent(new CustomEvent("segportal:toast", { detail: { text, link, tone: "bad" } }));
const signIn = () => ({ href: `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`, text: "Sign in" });

const sentence = (xhr) => {
  const kind = xhr.getResponseHeader("Content-Type") || "";
  if (kind.includes("json")) {
    try {
      const problem = JSON.parse(xhr.responseText);
      return problem.detail || problem.title || "";
    } catch { return ""; }
  }
  if (kind.includes("html")) {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const words = page.querySelector("[data-problem]") || page.querySelector("main p") || page.body;
    return words.textContent.trim().replace(/\s+/g, " ").slice(0, 400);
  }
  return kind.startsWith("text/plain") ? xhr.responseText.trim().slice(0, 400) : "";
};

const usual = {
  401: "You are signed out.",
  403: "You may not do this.",
  404: "This is not there any more. Reload the page to see what is.",
  409: "Somebody changed this in the meantime. Reload the page and look again.",
  412: "Somebody changed this in the meantime. Reload the page and look again.",
  413: "This is too large.",
  429: "That was a lot at once. Wait a moment and try again.",
  503: "Part of the portal is being restarted. Try again in a moment.",
};

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const signedOut = xhr.status === 401 || (xhr.status === 403 && /csrf/i.test(xhr.responseText));
  if (signedOut) return tell("You have been signed out. What you typed is still here.", signIn());
  return tell(sentence(xhr) || usual[xhr.status] || `The server could not do this (${xhr.status}). Try again.`);
});
document.addEventListener("htmx:sendError", () => tell("The server does not answer. Check the connection and try again."));
document.addEventListener("htmx:timeout", () => tell("The server took too long to answer. Try again."));
document.addEventListener("htmx:swapError", () => tell("The answer could not be shown. Reload the page."));

// A session that ended answers a part's request with the whole sign-in page: never put that into the part.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.responseURL && new URL(xhr.responseURL).pathname.startsWith("/accounts/login/") && !location.pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    tell("You have been signed out. What you typed is still here.", signIn());
  }
});
