import { hash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { plainText } from '../reports/format/plain-text.ts';
import { style } from './style.ts';

/** Made by `html`, which escapes whatever is put into it. */
export type Html = ReturnType<typeof html>;

/** For the content security policy. */
export const styleSource = `'sha256-${hash('sha256', style, 'base64')}'`;

export function page(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Text with commands in backticks, which are set as code. */
export function prose(text: string): Html {
  const parts = plainText(text).split('`');
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export function badge(tone: Tone, text: string): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

export interface Row {
  head: Html | string;
  isPart?: boolean;
  cells: readonly { content: Html | string; class?: string; label?: string }[];
}

/** Roles are spelt out: the narrow layout, which is no table to the eye, would take them away. */
export function table(titles: readonly string[], rows: readonly Row[]): Html {
  return html`<table role="table">
<thead role="rowgroup"><tr role="row">${titles.map(
    (title) => html`<th role="columnheader" scope="col">${title}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">
${rows.map(rowHtml)}
</tbody>
</table>`;
}

function rowHtml({ head, isPart, cells }: Row): Html {
  const part = isPart === true ? raw(' class="part"') : '';
  return html`<tr role="row"><th role="rowheader" scope="row"${part}>${head}</th>${cells.map(
    (cell) =>
      html`<td role="cell"${cell.class === undefined ? '' : html` class="${cell.class}"`}${
        cell.label === undefined ? '' : html` data-label="${cell.label}"`
      }>${cell.content}</td>`,
  )}</tr>
`;
}
