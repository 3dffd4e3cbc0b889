/**
 * The editor of queries: CodeMirror in a shadow root.
 *
 * There it adds its styles as constructed style sheets, which a strict
 * Content-Security-Policy lets pass; in the page itself it would need inline ones.
 */

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { completer, type Vocabulary } from "./completion";
import { html } from "./dom";
import type { Remark } from "./endpoint";

/** A remark that is a mistake, or only worth a look. */
export type Marked = Remark & { readonly token?: string; readonly severity: "error" | "warning" };

const THEME = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--panel)",
    border: "1px solid var(--edge)",
    borderRadius: "var(--round)",
    fontSize: "0.9375rem",
    maxHeight: "70vh",
  },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", minHeight: "11rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--soft)",
    border: "none",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 6%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
  ".cm-matchingBracket": { outline: "1px solid var(--soft)" },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
    borderRadius: "var(--round)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--paper)",
  },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", opacity: "0.85" },
  ".cm-completionInfo": { padding: "0.5rem 0.7rem", maxWidth: "24rem", fontFamily: "var(--sans)" },
  // The package draws these marks as images from data: addresses, which the policy forbids.
  ".cm-lintRange-error": { background: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lintRange-warning": { background: "none", textDecoration: "underline dotted var(--warn)" },
  ".cm-lint-marker-error, .cm-lint-marker-warning": { content: "normal", color: "var(--warn)" },
  ".cm-lint-marker-error::before": { content: "'●'" },
  ".cm-lint-marker-warning::before": { content: "'○'" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", padding: "0.3rem 0.6rem" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--code-variable)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool], color: "var(--code-number)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.url, tags.namespace, tags.name], color: "var(--code-name)" },
]);

/**
 * Typing over a selection: Chromium would put what is typed into an element with an inline
 * style, which the policy forbids and the console tells of.
 */
const TYPE_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || !text || empty || view.composing) return false;
    const insert = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, from, to, text, insert))) {
      view.dispatch(insert());
    }
    return true;
  },
});

export interface Wishes {
  readonly label: string;
  readonly text: string;
  /** Called at Ctrl+Enter. */
  readonly run: () => void;
}

/** An editor in place of a text area. */
export class Editor {
  readonly element = html("div", { class: "editor" });
  private readonly view: EditorView;
  private readonly completion = new Compartment();

  constructor(wishes: Wishes) {
    const root = this.element.attachShadow({ mode: "open" });
    const run = () => {
      wishes.run();
      return true;
    };
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: wishes.text,
        extensions: [
          Prec.highest(
            keymap.of([
              { key: "Mod-Enter", run },
              { key: "Mod-/", run: toggleComment },
            ]),
          ),
          lineNumbers(),
          highlightSpecialChars(),
          highlightActiveLine(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          sparql(),
          syntaxHighlighting(COLOURS),
          THEME,
          TYPE_OVER,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            "aria-label": wishes.label,
            spellcheck: "false",
            tabindex: "0", // a region that scrolls must be reached by keyboard, and be seen to
          }),
          this.completion.of([]),
          // Tab stays with the browser: who works by keyboard must be able to leave.
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    const changes = { from: 0, to: this.view.state.doc.length, insert: text };
    this.view.dispatch({ changes });
    this.mark([]);
  }

  focus(): void {
    this.view.focus();
  }

  /** Complete from what the graph holds. */
  complete(vocabulary: Vocabulary, prefixes: readonly string[]): void {
    const extension = autocompletion({ override: [completer(vocabulary, prefixes)] });
    this.view.dispatch({ effects: this.completion.reconfigure(extension) });
  }

  /** Mark places in the text with what is to be said of them. */
  mark(remarks: readonly Marked[]): void {
    const placed = remarks.flatMap((remark) => this.diagnostic(remark));
    this.view.dispatch(setDiagnostics(this.view.state, placed));
    const [worst] = placed;
    if (worst) this.view.dispatch({ selection: { anchor: worst.from }, scrollIntoView: true });
  }

  /** A remark at its place; columns count characters, of which some take two units here. */
  private diagnostic({ line, column, token, message, severity }: Marked): Diagnostic[] {
    const { doc } = this.view.state;
    if (!line || line > doc.lines) return [];
    const { text, from: start, to: end } = doc.line(line);
    const before = [...text].slice(0, (column ?? 1) - 1).join("").length;
    const from = Math.min(start + before, end);
    const word = token || text.slice(before).match(/^[\w:?<>/#.-]+/)?.[0] || " ";
    return [{ from, to: Math.min(end, from + word.length), severity, message }];
  }
}
