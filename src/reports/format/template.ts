import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import { escapeHtml } from './html.ts';
import { plainText } from './plain-text.ts';

const eta = new Eta({
  autoEscape: true,
  autoTrim: false,
  escapeFunction: (text) => escapeHtml(String(text)),
});

/** An HTML template of the program's own. Everything put into it by `<%= %>` is escaped and made inert. */
export function compileHtmlTemplate<Values extends object>(file: URL): (values: Values) => string {
  const template = eta.compile(readFileSync(file, 'utf8'));
  // What is left out leaves its empty lines behind.
  return (values) =>
    eta
      .render(template, values)
      .trimStart()
      .replace(/\n\s*\n/g, '\n');
}

/** A text as a string of a style sheet, in which nothing can end it. */
export function cssString(text: string): string {
  const escaped = plainText(text).replace(
    /[^\p{L}\p{N} ]/gu,
    (mark) => `\\${mark.codePointAt(0)?.toString(16)} `,
  );
  return `"${escaped}"`;
}

const plainEta = new Eta({ autoEscape: false, autoTrim: false });

/** A text that an admin may word otherwise; it throws what the template is wrong in. */
export function renderTextTemplate(file: string, values: object): string {
  return plainEta.render(plainEta.compile(readFileSync(file, 'utf8')), values);
}
