/** What the README's pictures show: the demo's first run, on a day that stays the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instantFromMs } from '../../../src/domain/time.ts';
import { releaseClock, setClock } from '../../upgrade/clock.ts';
import { writeConfig } from '../config-file.ts';
import { createMonth } from '../month.ts';
import { createProgram } from '../program.ts';
import { openStage, type Stage } from '../stage.ts';

export interface PictureSources {
  /** As a terminal gets it, with its colors. */
  balance: { command: string; output: string };
  alert: AlertTicket;
  statement: string;
}

export type AlertTicket = ReturnType<Stage['psa']['state']['listTickets']>[number];

const day = '2026-06-26T15:00:00.000Z';
const shown = { alert: 'Dupont Plomberie', statement: 'Harbour Dental' };
const columns = 120;
const minuteMs = 60_000;

export async function playPictures(folder: string): Promise<PictureSources> {
  let atMs = Date.parse(day);
  setClock(day);
  const month = createMonth(atMs);
  const stage = await openStage(month);
  try {
    const configFile = writeConfig(folder, month, stage);
    const program = createProgram({
      configFile,
      shownConfig: configFile,
      store: join(folder, 'data', 'prepaid-hours.db'),
      isQuiet: true,
      columns,
      // The same whatever a command takes.
      clock: () => {
        atMs += minuteMs;
        return instantFromMs(atMs);
      },
    });
    const ask = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await program.attempt(args);
      if (exitCode === 0) return stdout;
      throw new Error(`\`${args.join(' ')}\` ended with ${exitCode}:\n${stdout}${stderr}`);
    };
    await ask('run');
    const file = join(folder, 'statement.html');
    await ask('statement', shown.statement, '--month', month.today.slice(0, 7), '--out', file);
    // Without the line on when it was read, which ends the table.
    const [table = ''] = (await ask('balances')).split('\n\n');
    return {
      balance: { command: 'prepaid-hours balances', output: table },
      alert: findAlert(stage),
      statement: readFileSync(file, 'utf8'),
    };
  } finally {
    releaseClock();
    await stage.close();
  }
}

function findAlert({ psa }: Stage): AlertTicket {
  const ticket = psa.state
    .listTickets()
    .find(({ externalXRef, company }) => externalXRef !== null && company === shown.alert);
  if (ticket === undefined) throw new Error(`${shown.alert} has no alert.`);
  return ticket;
}
