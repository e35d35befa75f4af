// The page's letters for a painter beside it, which knows no style sheet. No canvas.

/** @typedef {{family: string, source: string, about: FontFaceDescriptors}} Font */

/** The fonts that a page's style sheets name. @param {Document} page @returns {Font[]} */
export function fontsOf({ styleSheets }) {
  return [...styleSheets]
    .flatMap(({ cssRules }) => [...cssRules])
    .filter((rule) => rule instanceof CSSFontFaceRule)
    .map(({ style }) => {
      const said = (/** @type {string} */ name) => style.getPropertyValue(name);
      const [weight, unicodeRange] = [said("font-weight") || "normal", said("unicode-range") || "U+0-10FFFF"];
      return { family: said("font-family").replace(/["']/g, ""), source: said("src"), about: { weight, unicodeRange } };
    });
}

/** Make fonts known to a worker; their files are fetched when a letter is asked for. @param {Font[]} fonts @param {FontFaceSet} known */
export function learn(fonts, known) {
  for (const { family, source, about } of fonts) known.add(new FontFace(family, source, about));
}
