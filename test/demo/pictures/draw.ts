/** Draws a terminal and a ticket as SVG: a few kilobytes, sharp at any size. */
import { wrapWords } from '../../../src/cli/output/wrap.ts';
import type { AlertTicket, PictureSources } from './sources.ts';

const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
const sans = "-apple-system,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif";

const letterWidth = 7.25;
const fontSize = 12;
const lineHeight = 19;
const padding = 18;
const barHeight = 30;

/** By the codes that the program paints with. */
const styles: Readonly<Record<string, string>> = {
  '1': 'font-weight="700" fill="#ffffff"',
  '2': 'fill="#8b98a9"',
  '31': 'fill="#ff8f8f"',
  '32': 'fill="#7fdca4"',
  '33': 'fill="#f2cd75"',
};

export function drawTerminal({ command, output }: PictureSources['balance']): string {
  const lines = [`$ ${command}`, ...output.trimEnd().split('\n')];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal begin with one
  const plain = lines.map((line) => line.replace(/\u001b\[\d+m/g, ''));
  const letters = Math.max(...plain.map((line) => line.length));
  const width = Math.ceil(letters * letterWidth + 2 * padding);
  const height = barHeight + lines.length * lineHeight + padding;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (color, index) => `<circle cx="${padding + 4 + index * 18}" cy="16" r="5" fill="${color}"/>`,
  );
  const texts = lines.map((line, index) => {
    const y = barHeight + 14 + index * lineHeight;
    return `<text x="${padding}" y="${y}" xml:space="preserve" textLength="${(plain[index]?.length ?? 0) * letterWidth}">${spansOf(line)}</text>`;
  });
  return svgOf({
    width,
    height,
    label: plain.join('\n'),
    parts: [
      `<rect width="${width}" height="${height}" rx="8" fill="#1b2430"/>`,
      ...dots,
      `<g font-family="${mono}" font-size="${fontSize}" fill="#d7dee8">`,
      ...texts,
      '</g>',
    ],
  });
}

function spansOf(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal begin with one
  const [first = '', ...painted] = line.split(/\u001b\[(\d+)m/);
  let spans = escapeXml(first);
  for (let index = 0; index < painted.length; index += 2) {
    const style = styles[painted[index] ?? ''];
    const text = escapeXml(painted[index + 1] ?? '');
    if (text === '') continue;
    spans += style === undefined ? text : `<tspan ${style}>${text}</tspan>`;
  }
  return spans;
}

const ticketWidth = 860;
const ticketColumns = 112;
const ticketLine = 21;

/** The ticket's subject and its internal note, as a PSA shows them. */
export function drawTicket({ id, board, company, summary, status, notes }: AlertTicket): string {
  const text = notes.find(({ audience }) => audience === 'internal')?.text ?? '';
  const lines = text.split('\n').flatMap((line) => wrapWords(line, ticketColumns));
  const top = 132;
  const height = top + lines.length * ticketLine + 42;
  const written = lines.map((line, index) => {
    const y = top + 22 + index * ticketLine;
    return line === '' ? '' : `<text x="44" y="${y}">${boldLabel(line)}</text>`;
  });
  return svgOf({
    width: ticketWidth,
    height,
    label: `${summary}\n\n${text}`,
    parts: [
      `<rect x="0.5" y="0.5" width="${ticketWidth - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#c6ced8"/>`,
      `<path d="M1 44V9a8 8 0 0 1 8-8h${ticketWidth - 18}a8 8 0 0 1 8 8v35z" fill="#eef1f5"/>`,
      `<g font-family="${sans}" font-size="14" fill="#172033">`,
      `<text x="24" y="28" fill="#4a5668">Service ticket #${id}  ·  ${escapeXml(board)}  ·  ${escapeXml(company)}  ·  ${escapeXml(status)}</text>`,
      `<text x="24" y="80" font-size="19" font-weight="700">${escapeXml(summary)}</text>`,
      `<text x="24" y="110" font-size="12" fill="#4a5668">Internal note</text>`,
      `<rect x="24" y="120" width="${ticketWidth - 48}" height="${height - 138}" rx="6" fill="#fff8e5" stroke="#eadbb0"/>`,
      ...written.filter((part) => part !== ''),
      '</g>',
    ],
  });
}

/** `Balance on 26 June 2026:` is what the eye looks for. */
function boldLabel(line: string): string {
  const [label] = /^[A-Z][^:.]{2,40}:/.exec(line) ?? [];
  if (label === undefined) return escapeXml(line);
  const rest = escapeXml(line.slice(label.length));
  return `<tspan font-weight="600">${escapeXml(label)}</tspan>${rest}`;
}

interface Drawing {
  width: number;
  height: number;
  /** Read to who cannot see it. */
  label: string;
  parts: readonly string[];
}

function svgOf({ width, height, label, parts }: Drawing): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  return `${[head, `<title>${escapeXml(label)}</title>`, ...parts, '</svg>'].join('\n')}\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
