/** What the whole product does with a real Request Tracker, in order: each step builds on the one before. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Deployment } from './scenario.ts';

export const minutes = (count: number) => count * 60;
export const hours = (count: number) => count * 3600;

export type Step = readonly [name: string, run: (deployment: Deployment) => Promise<void>];

/** The ticket of Martin's that is closed, opened again and closed again. */
let backup = '';

export const steps: readonly Step[] = [
  ['closed tickets are debited, corrections and merges included', debits],
  ['the alert, the note to the client and the invoice request stand in RT once', tells],
  ['check finds credentials, rights and names in order', checks],
  ['a second run changes nothing', isQuiet],
  ['a re-opened ticket is pending again, and is debited anew once it is closed', reopens],
  ['RT killed in the middle of a run and started again loses nothing', survivesKill],
  ['the ledger agrees with itself to the end', verifies],
];

/** 45 + 30 − 10 min on one ticket, rounded to 75; 20 and 25 min on two that were merged, 45. */
async function debits({ rt, run, balanceOf }: Deployment): Promise<void> {
  const printer = await rt.createTicket({
    queue: 'Dupont',
    subject: 'Printer offline',
    requestor: 'bob@dupont.test',
  });
  await rt.logTime(printer, 'tess', 45);
  await rt.logTime(printer, 'rita', 30, 'correspond');
  await rt.correctTime(printer, 'rita', 65);
  await rt.resolve(printer);
  const vpn = await rt.createTicket({ queue: 'Dupont', subject: 'VPN drops' });
  await rt.logTime(vpn, 'tess', 20);
  const twin = await rt.createTicket({ queue: 'Dupont', subject: 'No VPN' });
  await rt.logTime(twin, 'rita', 25);
  await rt.merge(twin, vpn);
  await rt.resolve(vpn);
  backup = await rt.createTicket({ queue: 'Martin', subject: 'Back-up failed' });
  await rt.logTime(backup, 'tess', 60);
  await rt.resolve(backup, 'rita');
  const open = await rt.createTicket({ queue: 'Martin', subject: 'New laptop' });
  await rt.logTime(open, 'tess', 40);
  const report = await run();
  assert.equal(report.exitCode, 0, JSON.stringify(report));
  const dupont = await balanceOf('Dupont Plomberie');
  // 4 h less 2 h is the threshold; the 10 h of the invoice request are usable at once.
  assert.deepEqual(pick(dupont), [hours(12), 0, 0]);
  assert.deepEqual(pick(await balanceOf('Cabinet Martin')), [hours(9), minutes(45), 0]);
}

async function tells({ rt, command }: Deployment): Promise<void> {
  const alerts = await rt.searchTickets("Queue = 'Alerts'");
  assert.equal(alerts.length, 1);
  assert.match(alerts[0]?.subject ?? '', /Dupont Plomberie: 2 h left/);
  const invoices = await rt.searchTickets("Queue = 'Billing'");
  assert.equal(invoices.length, 1);
  assert.match(invoices[0]?.subject ?? '', /Dupont Plomberie/);
  const history = await rt.history(alerts[0]?.id ?? '');
  const notes = history.filter((item) => item.type === 'Correspond');
  assert.equal(notes.length, 1);
  assert.match(notes[0]?.content ?? '', /you have 2 h left/);
  const { stdout } = await command('outbox', 'list', '--json');
  const { messages } = JSON.parse(stdout) as { messages: { kind: string; status: string }[] };
  assert.deepEqual(messages.map(({ kind, status }) => `${kind} ${status}`).sort(), [
    'alert-ticket delivered',
    'invoice delivered',
    'ticket-note delivered',
  ]);
}

/** With tickets to see: RT shows an empty queue and a hidden one alike, which check does not let pass. */
async function checks({ command }: Deployment): Promise<void> {
  const { exitCode, stdout, stderr } = await command('check', '--json');
  assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
}

/** What it made itself comes back as two tickets of RT's; after that there is nothing new at all. */
async function isQuiet({ rt, run, command }: Deployment): Promise<void> {
  const before = await command('balances', '--json');
  for (const ownTickets of [2, 0]) {
    const report = await run();
    assert.equal(report.exitCode, 0, JSON.stringify(report));
    for (const { step, changed, posted, messages, delivered } of report.steps) {
      const expected = [step === 'pull' ? ownTickets : 0, 0, 0, 0];
      assert.deepEqual([changed, posted, messages, delivered], expected, step);
    }
  }
  const after = await command('balances', '--json');
  assert.deepEqual(withoutTimes(after.stdout), withoutTimes(before.stdout));
  assert.equal((await rt.searchTickets("Queue = 'Alerts' OR Queue = 'Billing'")).length, 2);
}

async function reopens({ rt, run, balanceOf }: Deployment): Promise<void> {
  await rt.reopen(backup);
  await rt.logTime(backup, 'rita', 10);
  assert.equal((await run()).exitCode, 0);
  // 70 min are 75 by the quarter hour, beside the 45 of the open laptop.
  assert.deepEqual(pick(await balanceOf('Cabinet Martin')), [hours(10), minutes(120), 0]);
  await rt.resolve(backup);
  assert.equal((await run()).exitCode, 0);
  const settled = hours(10) - minutes(75);
  assert.deepEqual(pick(await balanceOf('Cabinet Martin')), [settled, minutes(45), 0]);
}

const manyTickets = 24;

/** Each ticket costs a quarter of an hour; RT goes while their pages are still coming. */
async function survivesKill(deployment: Deployment): Promise<void> {
  const { rt, run, startRun, balanceOf, countMirroredTickets } = deployment;
  for (let number = 1; number <= manyTickets; number += 1) {
    const id = await rt.createTicket({ queue: 'Martin', subject: `Desk ${number}` });
    await rt.logTime(id, number % 2 === 0 ? 'tess' : 'rita', 5);
    await rt.resolve(id);
  }
  const before = countMirroredTickets();
  const started = startRun();
  while (countMirroredTickets() <= before) await setTimeout(5);
  await rt.kill();
  const { exitCode, stdout } = await started.done;
  assert.notEqual(exitCode, 0, `the run ended well, so it was not in its middle:\n${stdout}`);
  const missing = before + manyTickets - countMirroredTickets();
  process.stdout.write(`   killed with ${missing} of ${manyTickets} tickets still to come\n`);
  await rt.start();
  const report = await run();
  assert.equal(report.exitCode, 0, JSON.stringify(report));
  const settled = hours(10) - minutes(75) - manyTickets * minutes(15);
  assert.deepEqual(pick(await balanceOf('Cabinet Martin')), [settled, minutes(45), 0]);
  assert.equal((await rt.searchTickets("Queue = 'Alerts' OR Queue = 'Billing'")).length, 2);
}

async function verifies({ command }: Deployment): Promise<void> {
  const { exitCode, stdout } = await command('verify', '--json');
  assert.deepEqual([exitCode, JSON.parse(stdout)], [0, { ok: true }]);
}

export function pick(balance: {
  settledSeconds: number;
  pendingSeconds: number;
  overageSeconds: number;
}): number[] {
  return [balance.settledSeconds, balance.pendingSeconds, balance.overageSeconds];
}

function withoutTimes(text: string): unknown {
  return { ...(JSON.parse(text) as object), asOf: null, reads: null };
}
