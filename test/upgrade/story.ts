/**
 * Two months and a few days of an MSP, with everything that an upgrade could spoil: sales, corrections, an expiry and a
 * rollover, overage, a returned payment, changes by hand, quarantined rows and an undone run.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setClock } from './clock.ts';
import { configText } from './config.ts';
import type { Clients, Desk, WorkType } from './desks.ts';
import { ask } from './program.ts';
import type { Systems } from './systems.ts';

export interface Stage {
  systems: Systems;
  clients: Clients;
  folder: string;
}

/** When the story ends. */
export const storyEnd = '2026-11-05T09:00:00Z';

export async function tellStory(stage: Stage): Promise<void> {
  configure(stage, { isTravelPaid: false });
  await beginSeptember(stage);
  await correctSeptember(stage);
  await undoOneRun(stage);
  await playOctober(stage);
  await playNovember(stage);
}

function configure({ folder, clients }: Stage, { isTravelPaid }: { isTravelPaid: boolean }): void {
  writeFileSync(join(folder, 'connector.yaml'), configText(clients.ids, isTravelPaid));
}

/** A run at that time; it ends with 4 if it quarantines a large share of its rows. */
function runAt({ folder }: Stage, at: string, ...steps: string[]): Promise<{ run: string }> {
  setClock(at);
  return ask(folder, ['run', ...steps], [0, 4]);
}

/** One ticket with its time, worked until then and closed. */
function job(
  desk: Desk,
  at: string,
  summary: string,
  ...work: readonly [minutes: number, workType?: WorkType][]
): { ticket: number; entries: number[] } {
  setClock(at);
  const ticket = desk.open(summary);
  const entries = work.map(([minutes, workType]) => desk.log(ticket, minutes, workType));
  desk.close(ticket);
  return { ticket, entries };
}

async function beginSeptember(stage: Stage): Promise<void> {
  const { desks } = stage.clients;
  await runAt(stage, '2026-09-01T07:00:00Z');
  job(desks.dupont, '2026-09-02T09:00:00Z', 'Imprimante hors ligne', [95], [20, 'Travel']);
  job(desks.dupont, '2026-09-02T19:30:00Z', 'Serveur arrêté', [50]);
  job(desks.harbour, '2026-09-02T13:00:00Z', 'New starter', [70], [25, 'On-site']);
  job(desks.northgate, '2026-09-03T09:00:00Z', 'VPN drops', [62], [45, 'On-site']);
  job(desks.lambert, '2026-09-03T10:00:00Z', 'Mail archive', [118]);
  job(desks.lambertSouth, '2026-09-03T12:00:00Z', 'Mail archive in Lyon', [93]);
  job(desks.orchard, '2026-09-03T14:00:00Z', 'Projector', [41], [65, 'On-site']);
  job(desks.riverside, '2026-09-04T08:00:00Z', 'Wi-Fi on the second floor', [101]);
  job(desks.bakker, '2026-09-04T09:00:00Z', 'Tablets', [128]);
  job(desks.janssens, '2026-09-04T10:00:00Z', 'Planning board', [57], [33, 'Travel']);
  await runAt(stage, '2026-09-04T18:00:00Z');
  // Below two hours: ten more are invoiced, and usable once they are paid.
  job(desks.harbour, '2026-09-09T13:00:00Z', 'Scanner', [34]);
  await runAt(stage, '2026-09-09T18:00:00Z');
  const { state } = stage.systems.connectwise;
  const sold = state.listInvoices().find(({ company }) => company === 'Harbour Dental');
  setClock('2026-09-10T08:00:00Z');
  state.payInvoice(sold?.id ?? 0);
  await runAt(stage, '2026-09-10T18:00:00Z');
  job(desks.harbour, '2026-09-11T12:00:00Z', 'Patient records', [150]);
  await runAt(stage, '2026-09-11T18:00:00Z');
  // The payment is returned: the hours used of that block become overage.
  setClock('2026-09-15T08:00:00Z');
  state.payInvoice(sold?.id ?? 0, -1200);
  await runAt(stage, '2026-09-15T18:00:00Z');
}

async function correctSeptember(stage: Stage): Promise<void> {
  const { clients, systems, folder } = stage;
  const { desks } = clients;
  const { state } = systems.connectwise;
  const printer = job(desks.dupont, '2026-09-16T09:00:00Z', 'Reprise des données', [155]);
  const archive = job(desks.lambert, '2026-09-16T10:00:00Z', 'File server', [86], [24]);
  const projector = job(desks.orchard, '2026-09-16T12:00:00Z', 'Screens', [53]);
  const tablets = job(desks.bakker, '2026-09-16T13:00:00Z', 'Site office', [44]);
  await runAt(stage, '2026-09-16T18:00:00Z');
  setClock('2026-09-17T09:00:00Z');
  desks.dupont.edit(printer.ticket, printer.entries[0] ?? 0, 185);
  desks.orchard.edit(projector.ticket, projector.entries[0] ?? 0, 38);
  desks.bakker.edit(tablets.ticket, tablets.entries[0] ?? 0, 71);
  desks.lambert.reopen(archive.ticket);
  await runAt(stage, '2026-09-17T18:00:00Z');
  setClock('2026-09-18T09:00:00Z');
  desks.lambert.remove(archive.ticket, archive.entries[1] ?? 0);
  desks.lambert.log(archive.ticket, 47);
  desks.lambert.close(archive.ticket);
  // Impossible time: one entry stays quarantined, one is accepted.
  const odd = job(desks.lambert, '2026-09-18T10:00:00Z', 'Odd time', [60], [25 * 60]);
  state.editTime(odd.entries[0] ?? 0, { hours: '-1.00', end: null });
  await runAt(stage, '2026-09-18T18:00:00Z', 'sweep', 'pull', 'debit', 'replenish', 'push');
  const { quarantine } = await ask<{ quarantine: { id: number; reason: string }[] }>(folder, [
    ...['quarantine', 'list'],
  ]);
  const long = quarantine.find(({ reason }) => reason.includes('longer than a day'));
  setClock('2026-09-18T19:00:00Z');
  await ask(folder, ['quarantine', 'accept', String(long?.id)]);
  const [first, second] = ['Printer queue', 'Printer driver'].map(
    (summary) => job(desks.dupont, '2026-09-21T09:00:00Z', summary, [19]).ticket,
  );
  state.mergeTicket(first ?? 0, second ?? 0);
  await runAt(stage, '2026-09-21T18:00:00Z');
  setClock('2026-09-23T09:00:00Z');
  const by = (...args: string[]) => ask(folder, args);
  await by('adjust', 'Janssens', '--hours', '-0.5', '--reason', 'Visit that was never logged');
  await by('adjust', 'Dupont', '--hours', '1', '--reason', 'Goodwill');
  const own = ['--hours', '4', '--rate', '118.00', '--expires-on', '2026-12-31', '--priority', '1'];
  const { block } = await ask<{ block: string }>(folder, ['block', 'add', 'Janssens', ...own]);
  await by('block', 'extend', block, '--until', '2027-03-31', '--reason', 'As agreed by telephone');
  job(desks.riverside, '2026-09-24T12:00:00Z', 'Booking system', [77]);
  job(desks.riverside, '2026-09-25T12:00:00Z', 'Booking system again', [63]);
  await runAt(stage, '2026-09-25T18:00:00Z');
}

/** A wrong config charges travel; the run is undone, and its work is posted again under the right rules. */
async function undoOneRun(stage: Stage): Promise<void> {
  const { desks } = stage.clients;
  const work: [number, WorkType?][] = [[35], [50, 'Travel']];
  job(desks.lambert, '2026-09-28T09:00:00Z', 'Visit to the workshop', ...work);
  job(desks.orchard, '2026-09-28T10:00:00Z', 'Visit to the library', ...work);
  job(desks.bakker, '2026-09-28T11:00:00Z', 'Visit to the yard', ...work);
  configure(stage, { isTravelPaid: true });
  const { run } = await runAt(stage, '2026-09-28T18:00:00Z');
  configure(stage, { isTravelPaid: false });
  setClock('2026-09-29T08:00:00Z');
  await ask(stage.folder, ['undo', run, '--yes']);
  await runAt(stage, '2026-09-29T09:00:00Z', 'debit', 'replenish', 'push');
  await runAt(stage, '2026-09-29T18:00:00Z');
}

async function playOctober(stage: Stage): Promise<void> {
  const { clients, systems, folder } = stage;
  const { desks } = clients;
  // One of Orchard's blocks ended with September, and overage of September is invoiced.
  await runAt(stage, '2026-10-01T03:00:00Z');
  await runAt(stage, '2026-10-05T03:00:00Z');
  job(desks.dupont, '2026-10-06T09:00:00Z', 'Sauvegarde', [66]);
  job(desks.northgate, '2026-10-06T10:00:00Z', 'Loading dock', [125], [80, 'On-site']);
  job(desks.lambertSouth, '2026-10-06T12:00:00Z', 'Telephones', [204]);
  job(desks.orchard, '2026-10-07T08:00:00Z', 'Exam room', [110], [70, 'On-site']);
  job(desks.bakker, '2026-10-07T12:00:00Z', 'Laptops', [33]);
  await runAt(stage, '2026-10-07T18:00:00Z');
  setClock('2026-10-08T08:00:00Z');
  const { syncro, halopsa, connectwise } = systems;
  for (const { id } of syncro.state.invoices) syncro.state.pay(id);
  for (const invoice of halopsa.state.invoices) {
    Object.assign(invoice, { paid: invoice.total, paidMs: Date.now(), changedMs: Date.now() });
  }
  // Sold by hand in the PSA, and booked.
  const byHand = connectwise.state.addInvoice({ company: clients.ids.lambert });
  connectwise.state.addProduct({ catalogItem: 1, invoice: byHand });
  await runAt(stage, '2026-10-08T18:00:00Z');
  setClock('2026-10-09T08:00:00Z');
  await ask(folder, ['block', 'accept', connectwise.state.listInvoices().at(-1)?.number ?? '']);
  await ask(folder, ['block', 'resume', 'Harbour Dental']);
  job(desks.harbour, '2026-10-12T12:00:00Z', 'Reception', [40]);
  await runAt(stage, '2026-10-12T18:00:00Z');
  // Janssens' opening block ends on the 15th: two of its hours roll over, the others expire.
  await runAt(stage, '2026-10-16T03:00:00Z');
  job(desks.janssens, '2026-10-19T09:00:00Z', 'Trackers', [38], [22]);
  job(desks.riverside, '2026-10-20T09:00:00Z', 'Till', [52]);
  job(desks.northgate, '2026-10-21T15:00:00Z', 'Label printer', [96]);
  await runAt(stage, '2026-10-21T18:00:00Z');
  await runAt(stage, '2026-10-31T18:00:00Z', 'sweep', 'pull', 'debit', 'replenish', 'push');
}

/** Late corrections of closed months, and work that is still open at the end. */
async function playNovember(stage: Stage): Promise<void> {
  const { desks } = stage.clients;
  const late = job(desks.dupont, '2026-10-31T19:00:00Z', 'Messagerie', [27]);
  await runAt(stage, '2026-11-02T18:00:00Z');
  setClock('2026-11-03T19:00:00Z');
  desks.dupont.edit(late.ticket, late.entries[0] ?? 0, 52);
  for (const desk of Object.values(desks)) {
    const ticket = desk.open('Still open');
    // With the visit's minimum 80 minutes, of which the grace forgives five.
    desk.log(ticket, 20);
    desk.log(ticket, 11, 'On-site');
  }
  await runAt(stage, '2026-11-04T18:00:00Z');
  await runAt(stage, '2026-11-05T03:00:00Z', 'sweep', 'pull', 'debit', 'replenish', 'push');
  await runAt(stage, '2026-11-05T04:00:00Z', 'reconcile');
  await runAt(stage, '2026-11-05T08:00:00Z');
}
