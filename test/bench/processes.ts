import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountOf, writeConfig, writeJournal } from './journal.ts';
import { heapOptions } from './memory.ts';
import type { Office } from './office.ts';
import { besideText, comparePairs, type Ratio, ratioOf, timedProcess } from './ratio.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** Programs that compute all balances from a journal, each time from its text. */
export const programs = [
  {
    name: 'ledger bal',
    command: 'ledger',
    words: ['-f', '{}', 'bal', '--flat', '^Assets:Clients'],
  },
  {
    name: 'hledger bal',
    command: 'hledger',
    words: ['-f', '{}', 'bal', '--flat', '^Assets:Clients'],
  },
  {
    name: 'bean-query',
    command: 'bean-query',
    words: [
      '{}',
      "SELECT sum(position), account WHERE account ~ '^Assets:Clients' GROUP BY account",
    ],
  },
] as const;

type Program = (typeof programs)[number];

/**
 * The command line as a process beside others that are processes, too: `balances`, which reads what is
 * stored, and `verify`, which computes everything from scratch as they do.
 */
export async function measureProcesses(office: Office, rounds: number): Promise<Ratio[]> {
  const journal = `${office.file}.journal`;
  const config = `${office.file}.yaml`;
  const postings = writeJournal(office, journal);
  writeOpened(office, journal);
  writeConfig(office, config);
  const installed = programs.filter(isInstalled);
  for (const program of installed) await refuseOthers(office, program, journal);
  const clients = office.app.clients.length;
  return ['balances', 'verify'].flatMap((command) => {
    const words = [...heapOptions(), main, command, '--config', config, '--json'];
    const taken = Array.from({ length: rounds }, () => ({
      ours: timedProcess(process.execPath, words),
      theirs: new Map(installed.map((program) => [program, runProgram(program, journal)])),
    }));
    return programs.map((program) => {
      const aim = { name: `\`${command}\` beside \`${program.name}\``, clients, atMost: 1 };
      const pairs = taken.flatMap(({ ours, theirs }) => {
        const other = theirs.get(program);
        return other === undefined ? [] : [{ one: ours, other }];
      });
      if (pairs.length === 0) return ratioOf(aim, null, `${program.command} is not installed`);
      const took = comparePairs(pairs);
      return ratioOf(aim, took, `${besideText(took)}; ${postings} postings`);
    });
  });
}

export function isInstalled({ command }: Program): boolean {
  return spawnSync(command, ['--version']).error === undefined;
}

export function runProgram(program: Program, journal: string) {
  const file = program.command === 'bean-query' ? beanFile(journal) : journal;
  return timedProcess(
    program.command,
    program.words.map((word) => (word === '{}' ? file : word)),
  );
}

/** Both sides must have the same balances, or they are not doing the same. */
async function refuseOthers(office: Office, program: Program, journal: string): Promise<void> {
  const theirs = new Map<string, number>();
  const { text } = runProgram(program, journal);
  for (const [, seconds, account] of text.matchAll(/(-?\d+) SEC\s+(Assets:Clients:C\d+)/g)) {
    theirs.set(account ?? '', Number(seconds));
  }
  const ids = office.app.clients.map(({ id }) => id);
  const ledgers = await office.app.store.readLedgers(ids);
  for (const { clientId, blocks, overageSeconds } of ledgers) {
    const account = accountOf(ids.indexOf(clientId));
    const left = blocks.reduce((sum, block) => sum + block.remainingSeconds, 0) - overageSeconds;
    if ((theirs.get(account) ?? 0) === left) continue;
    throw new Error(`${program.name} has ${theirs.get(account)} s in ${account}, not ${left} s`);
  }
}

function beanFile(journal: string): string {
  return `${journal}.beancount`;
}

/** Beancount wants each account opened first. */
function writeOpened(office: Office, journal: string): void {
  const text = readFileSync(journal, 'utf8');
  const others = new Set([...text.matchAll(/^ {4}(Equity:\S+)/gm)].map(([, account]) => account));
  const accounts = [...office.app.clients.map((_, index) => accountOf(index)), ...others];
  const opened = accounts.map((account) => `2000-01-01 open ${account}\n`).join('');
  writeFileSync(beanFile(journal), opened + text);
}
