// Turns <textarea data-rule-text> into an editor with colours, completion and error marks. The textarea stays the form's field:
// it holds the text at any time, and fires input and change as if it had been typed into. Without script it is just a textarea.
//   data-parent-from  selector of the field that holds the parent's key, if any
// components/rule_text_editor.html names the editor's library and where rules are checked and words for completion come from.
// The editor lives in a shadow root: there its style sheets need no exception from the content security policy.
const KEYWORDS = ["AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "CURRENT_DATE", "INTERVAL", "DAY", "DATE", "TIMESTAMP", "LOWER", "CONTAINS", "IN_SEGMENT"];
const RESERVED = new Set(KEYWORDS.slice(0, 12));
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PARTS = {
  "AND": "both", "OR": "either", "NOT": "the opposite", "BETWEEN": "low AND high, both included", "IN": "one of a list", "LIKE": "pattern: % any text, _ one character",
  "IS": "IS NULL, IS NOT NULL", "CURRENT_DATE": "the day of the run", "INTERVAL": "CURRENT_DATE - INTERVAL '30' DAY", "DATE": "DATE '2026-01-31'", "TIMESTAMP": "TIMESTAMP '2026-01-31T10:30:00Z'",
  "LOWER": "LOWER(text)", "CONTAINS": "CONTAINS(set, 'x')", "IN_SEGMENT": "IN_SEGMENT('key')",
};
const editors = new WeakMap();
let loading;
let words;

const service = document.querySelector("link[data-rule-editor]");

const library = () => {
  loading ??= import(service.href);
  return loading;
};

const knownWords = async () => {
  words ??= fetch(service.dataset.wordsUrl, { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : null), () => null);
  const known = await words;
  if (!known) words = undefined;
  return known ?? { attributes: [], segments: [] };
};

const written = (key) => (NAME.test(key) && !RESERVED.has(key.toUpperCase()) ? key : `"${key.replaceAll('"', '""')}"`);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

const language = (cm) => cm.StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^'(?:[^']|'')*'?/)) return "string";
    if (stream.match(/^"(?:[^"]|"")*"?/)) return "variableName";
    if (stream.match(/^[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?/)) return "number";
    if (stream.match(/^(?:<>|!=|<=|>=|[=<>])/)) return "operator";
    const word = stream.match(/^[A-Za-z_][A-Za-z0-9_]*/);
    if (word) return KEYWORDS.includes(word[0].toUpperCase()) ? "keyword" : "variableName";
    stream.next();
    return null;
  },
  languageData: { closeBrackets: { brackets: ["(", "'", '"'] } },
});

const colours = (cm) => cm.syntaxHighlighting(cm.HighlightStyle.define([
  { tag: cm.tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: cm.tags.string, color: "var(--tier-3)" },
  { tag: cm.tags.number, color: "var(--tier-4)" },
  { tag: cm.tags.operator, color: "var(--ink-soft)" },
  { tag: cm.tags.variableName, color: "var(--tier-1)" },
]));

const look = (cm) => cm.EditorView.theme({
  "&": { backgroundColor: "var(--paper-raised)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius)", fontSize: ".9375rem" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono, ui-monospace, monospace)", lineHeight: "1.5rem", minHeight: "8.5rem", maxHeight: "60vh", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper-sunk)", color: "var(--ink-quiet)", border: "none" },
  ".cm-placeholder": { color: "var(--ink-quiet)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--accent-soft)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent-line)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".cm-tooltip": { backgroundColor: "var(--paper-raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "var(--radius)", boxShadow: "var(--shadow)", fontFamily: "var(--sans)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--sans)", fontSize: ".875rem", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".3rem .6rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-quiet)", fontStyle: "normal", marginLeft: ".75rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { padding: ".5rem .75rem", maxWidth: "20rem" },
  ".cm-diagnostic": { padding: ".5rem .75rem", borderLeft: "3px solid var(--bad)" },
  ".cm-panels": { backgroundColor: "var(--paper-sunk)", color: "var(--ink)", borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { backgroundColor: "var(--bad-soft)" },
  ".cm-panel.cm-panel-lint ul:focus [aria-selected]": { backgroundColor: "var(--bad-soft)", color: "var(--ink)", outline: "2px solid var(--accent)" },
  ".cm-panel.cm-panel-lint [name=close]": { color: "var(--ink)", minWidth: "2.75rem", fontSize: "1rem" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", borderRadius: "var(--radius)", padding: ".15rem .6rem", font: "inherit" },
});

const attributeChoice = (row) => ({
  label: row.key,
  apply: written(row.key),
  detail: [row.label, row.type, row.unit].filter(Boolean).join(" · "),
  info: row.description || undefined,
  type: "variable",
});

// Inside quotes: the choices of the attribute before it, or the segments after IN_SEGMENT(.
const valueChoices = (known, before, from) => {
  if (/IN_SEGMENT\s*\(\s*$/i.test(before)) return { from, options: known.segments.map((row) => ({ label: row.key, detail: row.name, apply: quoted(row.key) })) };
  const named = [...before.matchAll(/"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_]*)/g)].map((found) => found[1] ?? found[2]).filter((word) => !KEYWORDS.includes(word.toUpperCase()));
  const row = known.attributes.find((one) => one.key === named.at(-1));
  return row?.choices?.length ? { from, options: row.choices.map((choice) => ({ label: choice, apply: quoted(choice) })) } : null;
};

const completions = async (context) => {
  const open = context.matchBefore(/'(?:[^']|'')*$/);
  const word = context.matchBefore(/"?[\w-]*$/);
  if (!open && (!word || (word.from === word.to && !context.explicit))) return null;
  const known = await knownWords();
  if (open) {
    const before = context.state.sliceDoc(0, open.from);
    const closes = context.state.sliceDoc(context.pos, context.pos + 1) === "'";
    const found = valueChoices(known, before, open.from);
    return found && { ...found, to: closes ? context.pos + 1 : context.pos, filter: true };
  }
  const signs = KEYWORDS.map((keyword) => ({ label: keyword, detail: PARTS[keyword], type: "keyword", boost: -20 }));
  return { from: word.from, options: [...known.attributes.map(attributeChoice), ...signs], validFor: /^"?[\w-]*$/ };
};

// Positions are counted in characters by line; the editor counts in UTF-16 units from the start.
const offsetOf = (document, position) => {
  if (!position || position.line > document.lines) return document.length;
  const line = document.line(position.line);
  return Math.min(line.to, line.from + [...line.text].slice(0, position.column - 1).join("").length);
};
const endOf = (document, from) => {
  const found = /^(?:[\w]+|"(?:[^"]|"")*"?|'(?:[^']|'')*'?|<>|!=|<=|>=|\S)/.exec(document.sliceString(from, from + 300));
  return found ? from + found[0].length : from;
};

const faults = (textarea) => async (view) => {
  const text = view.state.doc.toString();
  if (!text.trim()) return [];
  const parent = textarea.dataset.parentFrom && document.querySelector(textarea.dataset.parentFrom)?.value;
  const answer = await fetch(service.dataset.checkUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: JSON.stringify({ text, ...(parent ? { parent } : {}) }),
  }).catch(() => null);
  if (answer?.status !== 400) {
    answer?.body?.cancel();
    return [];
  }
  const problem = await answer.json().catch(() => ({ errors: [] }));
  return (problem.errors ?? []).filter((error) => error.position).map((error) => mark(view.state.doc, error));
};

const mark = (document, error) => {
  const from = offsetOf(document, error.position);
  const to = endOf(document, from);
  const better = error.suggestion && { name: `Write ${error.suggestion}`, apply: (view, start, end) => view.dispatch({ changes: { from: start, to: end, insert: error.suggestion } }) };
  return { from: to > from ? from : Math.max(0, from - 1), to: Math.max(to, from), severity: "error", message: error.detail, actions: better ? [better] : [] };
};

// Left to itself, the browser keeps the look of a selection that is typed over as an inline style, which the policy of the page blocks and reports.
const replacing = (cm) => cm.EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (empty || event.inputType !== "insertText" || event.data === null || view.composing) return false;
    event.preventDefault();
    const replaced = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(cm.EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, replaced))) view.dispatch(replaced());
    return true;
  },
});

const mirrored = (cm, textarea) => cm.EditorView.updateListener.of((update) => {
  if (update.docChanged) {
    const text = update.state.doc.toString();
    if (textarea.value !== text) {
      textarea.value = text;
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  if (update.focusChanged && !update.view.hasFocus && textarea.dataset.heldText !== textarea.value) {
    textarea.dataset.heldText = textarea.value;
    textarea.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

const labelOf = (textarea) => textarea.labels?.[0]?.textContent.trim() || textarea.getAttribute("aria-label") || "Rule";

const described = (textarea) => (textarea.getAttribute("aria-describedby") ?? "").split(/\s+/).map((id) => id && document.getElementById(id)?.textContent.trim()).filter(Boolean).join(" ");

const start = async (textarea) => {
  if (editors.has(textarea)) return;
  editors.set(textarea, null);
  const cm = await library().catch(() => null);
  if (!cm || !textarea.isConnected) { editors.delete(textarea); return; }
  const host = document.createElement("div");
  host.className = "rule-editor";
  const root = host.attachShadow({ mode: "open" });
  textarea.before(host);
  textarea.classList.add("visually-hidden");
  textarea.tabIndex = -1;
  textarea.setAttribute("aria-hidden", "true");
  textarea.dataset.heldText = textarea.value;
  const view = new cm.EditorView({
    root,
    parent: root,
    state: cm.EditorState.create({
      doc: textarea.value,
      extensions: [
        cm.lineNumbers(), cm.history(), cm.drawSelection(), cm.highlightSpecialChars(), cm.bracketMatching(), cm.closeBrackets(),
        cm.EditorView.lineWrapping, language(cm), colours(cm), look(cm), mirrored(cm, textarea), replacing(cm),
        cm.autocompletion({ override: [completions], icons: false, maxRenderedOptions: 60 }),
        cm.linter(faults(textarea), { delay: 400 }),
        cm.keymap.of([...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, ...cm.completionKeymap, ...cm.lintKeymap]),
        cm.placeholder(textarea.placeholder || "orders >= 3 AND city = 'Rome'"),
        cm.EditorView.contentAttributes.of({ "aria-label": labelOf(textarea), "aria-description": described(textarea), "data-rule-content": "", spellcheck: "false" }),
        cm.EditorState.readOnly.of(textarea.readOnly || textarea.disabled),
      ],
    }),
  });
  editors.set(textarea, view);
  textarea.addEventListener("focus", () => view.focus());
  // What others write into the field (a restored draft, the builder) shows in the editor too.
  const follow = () => {
    const shown = view.state.doc.toString();
    if (shown !== textarea.value) view.dispatch({ changes: { from: 0, to: shown.length, insert: textarea.value } });
  };
  textarea.form?.addEventListener("input", follow);
  textarea.addEventListener("rule-text:refresh", follow);
  textarea.form?.addEventListener("reset", () => setTimeout(follow));
  const parent = textarea.dataset.parentFrom && document.querySelector(textarea.dataset.parentFrom);
  parent?.addEventListener("change", () => cm.forceLinting(view));
};

const startAll = (scope) => scope.querySelectorAll?.("textarea[data-rule-text]").forEach(start);
document.addEventListener("htmx:load", (event) => startAll(event.target));
startAll(document);
