import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Office } from './office.ts';

/** The account of an office's client, by its place in the config. */
export function accountOf(index: number): string {
  return `Assets:Clients:C${index}`;
}

/** One posting of that day, against what it was for. */
export function transactionText(
  day: string,
  account: string,
  reason: string,
  seconds: number,
): string {
  const other = `Equity:${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}`;
  return `${day} * "${reason}"\n    ${account}  ${seconds} SEC\n    ${other}  ${-seconds} SEC\n\n`;
}

/** The ledger row by row, in seconds, in the form that three well-known programs read. */
export function writeJournal(office: Office, journal: string): number {
  const reader = new DatabaseSync(office.file, { readOnly: true });
  const rows = reader
    .prepare(
      `SELECT substr(posted_at, 1, 10) AS day, client_id AS client, reason,
         iif(side = 'credit', seconds, -seconds) AS seconds FROM ledger ORDER BY seq`,
    )
    .iterate();
  const accounts = new Map(office.app.clients.map(({ id }, index) => [id, accountOf(index)]));
  const file = openSync(journal, 'w');
  let count = 0;
  let text = '';
  for (const { day, client, reason, seconds } of rows) {
    const account = accounts.get(String(client)) ?? '';
    text += transactionText(String(day), account, String(reason), Number(seconds));
    count += 1;
    if (count % 10_000 === 0) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
  reader.close();
  return count;
}

/** A config whose clients are those of the office, for the command line. */
export function writeConfig(office: Office, file: string): void {
  const { clients } = office.app;
  const lines = clients.map(({ name, openingBlocks }, index) => {
    const blocks = openingBlocks.map(
      ({ seconds, purchasedOn }) =>
        `{ hours: ${seconds / 3600}, rate: 120.00, purchasedOn: ${purchasedOn} }`,
    );
    return `  - { name: ${name}, ids: { psa: ${index} }, agreement: standard, openingBlocks: [${blocks.join(', ')}] }`;
  });
  writeFileSync(
    file,
    `mode: observe
timezone: Europe/Paris
locale: en
currency: EUR
store: ${office.file}
connections:
  psa:
    vendor: atera
    apiKey: \${PSA_API_KEY}
agreements: { standard: {} }
clients:
${lines.join('\n')}
`,
  );
}
