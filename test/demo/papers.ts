/** What the demo leaves to look at: statements, and a page for each client. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  BridgeDocument,
  FileDocument,
  LeaksDocument,
  PublishDocument,
  StatementsDocument,
} from './documents.ts';
import type { Program } from './program.ts';

export interface Papers {
  statements: { client: string; file: string }[];
  /** Printed, if this machine has a browser. */
  pdfs: string[];
  pages: { client: string; file: string; bytes: number }[];
  index: string;
  leaks: LeaksDocument;
  bridge: BridgeDocument;
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

  program.say('── “How many hours have we left?”: a page for each client, without a login.');
  program.name(['publish', join(shown, 'published')]);
  const { pages, index } = await program.ask(['publish', places.pages], PublishDocument);
  program.say(`  ${pages.length} pages, and index.html, which lists their addresses for you.\n`);
  const weighed = pages.map(({ client, file }) => ({ client, file, bytes: statSync(file).size }));
  return {
    statements: statements.map(({ client, file }) => ({ client, file })),
    pdfs: pdfs.files,
    pages: weighed,
    index,
    ...(await writeOwnerPapers(program, { folder, shown })),
  };
}

/** What leaked, and whether a flat price would be better: for the owner, and a draft for the client. */
async function writeOwnerPapers(
  program: Program,
  { folder, shown }: Place,
): Promise<Pick<Papers, 'leaks' | 'bridge' | 'owner'>> {
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
  return { leaks, bridge: await program.ask(['report', 'bridge'], BridgeDocument), owner };
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
