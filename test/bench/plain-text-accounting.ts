import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Office } from './office.ts';
import { ms, type Ratio, ratioOf, sideBySide } from './ratio.ts';

const rounds = 5;
const answerBytesMax = 64 * 1024 * 1024;

/** What all clients have left, or have overdrawn, beside what two well-known ledgers need for the same postings. */
export async function measurePlainTextAccounting(office: Office): Promise<Ratio[]> {
  const journal = `${office.file}.journal`;
  const postings = writeJournal(office, journal);
  const ratios: Ratio[] = [];
  for (const program of ['hledger', 'ledger']) {
    ratios.push(await compare(office, program, journal, postings));
  }
  return ratios;
}

async function compare(
  office: Office,
  program: string,
  journal: string,
  postings: number,
): Promise<Ratio> {
  const aim = { name: `all balances, times faster than \`${program} bal\``, atLeast: 100 };
  if (spawnSync(program, ['--version']).error !== undefined) {
    return ratioOf(aim, null, `${program} is not installed`);
  }
  const ours = new Map<string, number>();
  const theirs = new Map<string, number>();
  const took = await sideBySide(
    rounds,
    { work: () => readTheirs(program, journal, theirs) },
    { work: () => readOurs(office, ours) },
  );
  for (const [client, seconds] of ours) {
    if (theirs.get(client) !== seconds) {
      throw new Error(`${program} has ${theirs.get(client)} s for ${client}, and not ${seconds} s`);
    }
  }
  const note = `${ms(took.otherMs)} beside ${ms(took.oneMs)}; ${ours.size} clients, ${postings} postings`;
  return ratioOf(aim, took.ratio, note);
}

async function readOurs(office: Office, into: Map<string, number>): Promise<void> {
  const ids = office.app.clients.map((client) => client.id);
  for (const { clientId, blocks, overageSeconds } of await office.app.store.readLedgers(ids)) {
    const left = blocks.reduce((sum, block) => sum + block.remainingSeconds, 0);
    into.set(clientId, left - overageSeconds);
  }
}

function readTheirs(program: string, journal: string, into: Map<string, number>): void {
  const { stdout, stderr, status } = spawnSync(
    program,
    ['-f', journal, 'bal', '--flat', '^clients:'],
    { encoding: 'utf8', maxBuffer: answerBytesMax },
  );
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  for (const [, seconds, client] of stdout.matchAll(/(-?\d+)\s+clients:(\S+)/g)) {
    if (client !== undefined) into.set(client, Number(seconds));
  }
}

/** The ledger row by row, in seconds, each against what it was for. */
function writeJournal(office: Office, journal: string): number {
  const reader = new DatabaseSync(office.file, { readOnly: true });
  const rows = reader
    .prepare(
      `SELECT substr(posted_at, 1, 10) AS day, client_id AS client, reason,
         iif(side = 'credit', seconds, -seconds) AS seconds FROM ledger ORDER BY seq`,
    )
    .iterate();
  const file = openSync(journal, 'w');
  let count = 0;
  let text = '';
  for (const { day, client, reason, seconds } of rows) {
    text += `${day} ${reason}\n    clients:${client}  ${seconds}\n    ${reason}\n\n`;
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
