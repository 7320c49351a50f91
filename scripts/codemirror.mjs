// What of CodeMirror the rule editor uses; scripts/vendor.mjs makes one file of it.
export { EditorState, Compartment } from "@codemirror/state";
export { EditorView, keymap, drawSelection, highlightSpecialChars, lineNumbers, placeholder, tooltips } from "@codemirror/view";
export { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
export { StreamLanguage, HighlightStyle, syntaxHighlighting, bracketMatching } from "@codemirror/language";
export { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
export { linter, lintKeymap, forceLinting } from "@codemirror/lint";
export { tags } from "@lezer/highlight";
