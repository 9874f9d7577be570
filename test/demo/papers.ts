/** What the demo leaves to look at: statements, agreements, a page for each client, and the owner's papers. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AgreementDocument,
  BridgeDocument,
  BuyerDocument,
  FileDocument,
  LeaksDocument,
  ProactiveDocument,
  PublishDocument,
  RevenueDocument,
  StatementsDocument,
  VerifyExportDocument,
} from './documents.ts';
import type { Program } from './program.ts';

export interface Papers {
  statements: { client: string; file: string }[];
  /** Printed, if this machine has a browser. */
  pdfs: string[];
  /** Written agreements, as text. */
  agreements: { client: string; file: string; text: string }[];
  pages: { client: string; file: string; bytes: number }[];
  index: string;
  leaks: LeaksDocument;
  bridge: BridgeDocument;
  proactive: ProactiveDocument;
  /** Pages for the owner, and a proposal in each language. */
  owner: string[];
}

export interface Place {
  folder: string;
  /** As printed in command lines. */
  shown: string;
}

/** One in each language: a browser needs a second for each. */
const printed = ['Dupont Plomberie', 'Harbour Dental'];

export async function writePapers(
  program: Program,
  { folder, shown }: Place,
  month: string,
): Promise<Papers> {
  const places = { statements: join(folder, 'statements'), pages: join(folder, 'published') };
  program.say('── A statement for every client, in the language that they read.');
  const all = ['statement', '--all', '--month', month, '--out'];
  program.name([...all, join(shown, 'statements')]);
  const { statements } = await program.ask([...all, places.statements], StatementsDocument);
  const pdfs = await printSome(program, statements, month);
  const prints = `${statements.length} pages to open in a browser; ${pdfs.text}`;
  program.say(`  ${prints}\n`);

  const agreements = await writeAgreements(program, { folder, shown });

  program.say('── “How many hours have we left?”: a page for each client, without a login.');
  program.name(['publish', join(shown, 'published')]);
  const { pages, index } = await program.ask(['publish', places.pages], PublishDocument);
  program.say(`  ${pages.length} pages, and index.html, which lists their addresses for you.\n`);
  const weighed = pages.map(({ client, file }) => ({ client, file, bytes: statSync(file).size }));
  return {
    statements: statements.map(({ client, file }) => ({ client, file })),
    pdfs: pdfs.files,
    agreements,
    pages: weighed,
    index,
    ...(await writeOwnerPapers(program, { folder, shown })),
  };
}

/** In the same two languages. */
async function writeAgreements(
  program: Program,
  { folder, shown }: Place,
): Promise<Papers['agreements']> {
  program.say('── The agreement to sign, made from the same terms that debit the hours.');
  mkdirSync(join(folder, 'agreements'));
  const agreements: Papers['agreements'] = [];
  for (const client of printed) {
    const name = `${client.toLowerCase().replaceAll(' ', '-')}.html`;
    program.name(['agreement', client, '--out', join(shown, 'agreements', name)]);
    const file = join(folder, 'agreements', name);
    await program.ask(['agreement', client, '--out', file], AgreementDocument);
    const { stdout } = await program.attempt(['agreement', client, '--format', 'text']);
    agreements.push({ client, file, text: stdout });
  }
  program.say('  Signed, they are recorded: agreement CLIENT --accepted DAY --evidence REF\n');
  return agreements;
}

/** What leaked, and whether a flat price would be better: for the owner, and a draft for the client. */
async function writeOwnerPapers(
  program: Program,
  { folder, shown }: Place,
): Promise<Pick<Papers, 'leaks' | 'bridge' | 'proactive' | 'owner'>> {
  const price = ['--price', '1000.00', '--hours-included', '9'];
  const papers = [
    { args: ['report', 'leaks'], name: 'leaks.html' },
    { args: ['report', 'bridge'], name: 'bridge.html' },
    { args: ['report', 'bridge', 'Harbour', ...price, '--proposal'], name: 'proposal-en.html' },
    { args: ['report', 'bridge', 'Cabinet', ...price, '--proposal'], name: 'proposal-fr.html' },
  ];
  program.say('── For the owner: what was not billed, and who might like a flat price better.');
  mkdirSync(join(folder, 'owner'), { recursive: true });
  const owner: string[] = [];
  for (const { args, name } of papers) {
    program.name([...args, '--out', join(shown, 'owner', name)]);
    const written = await program.ask(
      [...args, '--out', join(folder, 'owner', name)],
      FileDocument,
    );
    owner.push(written.file);
  }
  program.say(
    '  Two clients have past blocks in the config, so their past year is compared, too.\n',
  );
  const leaks = await program.ask(['report', 'leaks'], LeaksDocument);
  const bridge = await program.ask(['report', 'bridge'], BridgeDocument);
  program.name(['report', 'proactive']);
  const proactive = await program.ask(['report', 'proactive'], ProactiveDocument);
  for (const { client, total } of proactive.clients) {
    program.say(`  ${client}: ${total.proactivePercent} % of the time worked was proactive.\n`);
  }
  return { leaks, bridge, proactive, owner };
}

async function printSome(
  program: Program,
  statements: readonly { client: string; file: string }[],
  month: string,
): Promise<{ files: string[]; text: string }> {
  const wanted = statements.filter(({ client }) => printed.includes(client));
  const files: string[] = [];
  for (const { client, file } of wanted) {
    const pdf = file.replace(/\.html$/, '.pdf');
    const result = await program.attempt(['statement', client, '--month', month, '--out', pdf]);
    if (result.exitCode !== 0) {
      const [reason = ''] = result.stderr.split('\n');
      return { files, text: `no PDF:\n  ${reason.replace(/^error: /, '')}` };
    }
    files.push(pdf);
  }
  return { files, text: `${files.length} of them printed as PDF, too.` };
}

export interface RevenuePapers {
  report: RevenueDocument;
  /** The page, the figures and the journal. */
  files: string[];
  buyer: { sha256: string };
  verified: { ok: boolean; sha256: string };
}

/** For the owner, the accountant, and somebody who buys the company. */
export async function writeRevenue(
  program: Program,
  { folder, shown }: Place,
): Promise<RevenuePapers> {
  program.say('── Revenue: sold, used, and still owed to clients; a journal for the books.');
  const report = ['report', 'revenue'];
  await program.show(report);
  mkdirSync(join(folder, 'revenue'), { recursive: true });
  const files: string[] = [];
  for (const [name, format] of [
    ['revenue.html', 'html'],
    ['revenue.csv', 'csv'],
    ['journal-quickbooks.csv', 'journal-quickbooks'],
  ] as const) {
    const args = [...report, '--format', format, '--out'];
    program.name([...args, join(shown, 'revenue', name)]);
    const file = join(folder, 'revenue', name);
    const result = await program.attempt([...args, file]);
    if (result.exitCode !== 0) throw new Error(`${name} was not written: ${result.stderr}`);
    files.push(file);
  }
  program.say('\n── A folder for a buyer of the company, who verifies it without you.');
  const place = join(folder, 'buyer');
  program.name(['export', 'buyer', join(shown, 'buyer'), '--replace-technicians']);
  const asked = ['export', 'buyer', place, '--replace-technicians'];
  const { sha256 } = await program.ask(asked, BuyerDocument);
  program.name(['verify', '--export', join(shown, 'buyer')]);
  const verified = await program.ask(['verify', '--export', place], VerifyExportDocument);
  program.say(`  The SHA-256 for the contract, found again: ${verified.sha256}\n`);
  const figures = JSON.parse(readFileSync(join(place, 'revenue.json'), 'utf8'));
  return { report: RevenueDocument.parse(figures), files, buyer: { sha256 }, verified };
}
