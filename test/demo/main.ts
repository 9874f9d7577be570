/**
 * `npm run demo`: the program from end to end against two sandboxes on this machine.
 * With --json, one JSON document on standard output and nothing else. --out DIR puts its files
 * elsewhere than in demo-output/. Exit code 1 when anything is not as it should be.
 */
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkout } from '../support/run-command.ts';
import { writeConfig } from './config-file.ts';
import { findFaults } from './expectations.ts';
import { createMonth } from './month.ts';
import { createPast } from './past.ts';
import { createProgram } from './program.ts';
import { planSecondAct } from './second-act.ts';
import { openStage } from './stage.ts';
import { tellStory } from './story.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, out: { type: 'string' } },
});

const folder = resolve(values.out ?? join(checkout, 'demo-output'));
const nowMs = Date.now();
const month = createMonth(nowMs);
const act = planSecondAct(month);
const stage = await openStage(month, createPast(month));
try {
  const configFile = writeConfig(folder, month, stage);
  const store = join(folder, 'data', 'prepaid-hours.db');
  const shown = shownPath(folder);
  const shownConfig = join(shown, 'connector.yaml');
  const isQuiet = values.json;
  const program = createProgram({ configFile, shownConfig, store, isQuiet });
  const outcome = await tellStory({
    program,
    stage,
    month,
    act,
    place: { folder, shown },
    nowMs,
    isQuiet,
  });
  const faults = findFaults(outcome, month, act);
  for (const fault of faults) process.stderr.write(`Not as expected: ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
  if (isQuiet) process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  else program.say(closing(shown));
} catch (error) {
  process.stderr.write(`The demo failed. ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
} finally {
  await stage.close();
}

/** Commands run in the checkout. */
function shownPath(path: string): string {
  const shown = relative(checkout, path);
  return shown.startsWith('..') ? path : shown;
}

function closing(shown: string): string {
  return `── Look around in ${shown}
  connector.yaml         the config
  statements/            every client's, to open in a browser
  agreements/            two agreements to sign, one in each language
  published/index.html   every client's page
  owner/                 what was not billed; flat prices, with a proposal
  messages.md            tickets, notes and invoices as the PSA shows them
  recharges/             the config and the database of the MSP in Boston, with
                         revenue/ for its accountant and buyer/ for a buyer
  data/                  the database

The sandboxes end with the demo. To use a real PSA:
  1. Run \`npm run -s prepaid-hours -- init\`: it asks for your PSA, tests the
     credentials, and offers clients, boards and work types by name.
  2. Under clients, enter the hours that each has left today (openingBlocks).
  3. Leave mode: observe. Run \`npm run -s prepaid-hours -- check\`, then \`run\`
     and \`outbox list\`: everything is decided and shown, nothing is sent.
  4. When you agree with what you see, set mode: live.
`;
}
