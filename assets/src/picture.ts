/** What all pictures share: a title, a note, and a copy that stands on its own as a file. */

import { html, svg } from "./dom";
import type { Term } from "./endpoint";
import { say } from "./words";

/** Texts to show for terms, in their order. */
export type Reader = (terms: readonly (Term | undefined)[]) => Promise<string[]>;

export type Picture = HTMLElement;

export interface Drawing {
  readonly name: string;
  readonly title: string;
  readonly note: string;
  readonly width: number;
  readonly height: number;
  readonly content: readonly Node[];
}

/** Properties that a picture takes from the style of the page, and that a file must bring along. */
const STYLED = [
  "fill",
  "stroke",
  "stroke-width",
  "font-family",
  "font-size",
  "font-weight",
  "opacity",
];

export function picture(drawing: Drawing): Picture {
  const { width, height, title, note, name } = drawing;
  const drawn = svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: `picture ${name}`,
      role: "group",
      "aria-label": title,
    },
    svg("title", {}, title),
    ...drawing.content,
  );
  drawn.style.maxWidth = `${width}px`; // larger letters than those around it would shout
  const save = html("button", { type: "button", class: "quiet" }, say("Download as SVG"));
  save.addEventListener("click", () => download(drawn, drawing));
  const caption = html("figcaption", {}, `${title}. ${note} `, save);
  const frame = html(
    "div",
    { class: "wide", tabindex: 0, role: "region", "aria-label": title },
    drawn,
  );
  return html("figure", {}, frame, caption);
}

function download(drawn: SVGSVGElement, { name, width, height }: Drawing): void {
  const copy = standAlone(drawn);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = new XMLSerializer().serializeToString(copy);
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  html("a", { href: address, download: `${name}.svg` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** A copy in which every mark carries its own style. */
function standAlone(drawn: SVGSVGElement): SVGSVGElement {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const originals = drawn.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((mark, index) => {
    const original = originals[index];
    if (!original) return;
    const style = getComputedStyle(original);
    for (const property of STYLED) mark.setAttribute(property, style.getPropertyValue(property));
    mark.removeAttribute("class");
  });
  return copy;
}
