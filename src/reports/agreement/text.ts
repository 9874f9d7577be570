import type { AgreementView, Party } from './document.ts';
import type { AgreementLabels } from './labels.ts';
import type { Item } from './markup.ts';

/** The agreement as lines of text: a paragraph is one line, for whoever reads it to break. */
export function agreementToText(view: AgreementView): string {
  const { title, version, labels, provider, client, intro, clauses } = view;
  const parts = [
    [title, version],
    [labels.between, ...[provider, client].map((party) => partyLine(party, labels))],
    ...intro.map((text) => [text]),
    ...clauses.flatMap((clause, index) => clauseParts(clause, index + 1, labels)),
    [labels.signatures],
    ...[provider, client].map((party) => [
      labels.signedFor(party.name ?? party.label),
      ...Object.values(labels.lines).map((line) => labels.labelled(line, blank)),
    ]),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const blank = '____________________';

function partyLine({ label, name, details }: Party, { labelled }: AgreementLabels): string {
  return labelled(label, [name ?? blank, ...details].join(', '));
}

function clauseParts(
  { title, items }: AgreementView['clauses'][number],
  number: number,
  labels: AgreementLabels,
): string[][] {
  let count = 0;
  const parts = items.map((item) => {
    if (item.kind === 'text') count += 1;
    return itemLines(item, `${number}.${count}`, labels);
  });
  return [[`${number}. ${title}`], ...parts];
}

function itemLines(item: Item, number: string, { labelled }: AgreementLabels): string[] {
  if (item.kind === 'text') return [`${number} ${item.text}`];
  if (item.kind === 'list') return item.rows.map((row) => `  - ${row}`);
  return item.rows.map((cells) => {
    const [first = '', ...rest] = cells;
    const others = rest.map((cell, index) => labelled(item.head[index + 1] ?? '', cell));
    return `  - ${[first, ...others].join(' · ')}`;
  });
}
