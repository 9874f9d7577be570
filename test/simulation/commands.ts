/** What people do with the command line, between two runs. */

import { isKindError } from '../../src/domain/errors.ts';
import type { App } from '../../src/service/app/app.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { sellBlock } from '../../src/service/corrections/sell.ts';
import type { PushMessageRow } from '../../src/store/port.ts';
import type { Office } from './office.ts';
import { hour } from './terms.ts';
import { Tripwire } from './tripwire.ts';
import { Violation } from './violation.ts';
import type { Deed, DeedName } from './workload.ts';

type Command = (office: Office, app: App, deed: Deed) => Promise<void>;

const commands: { readonly [name in DeedName]?: Command } = { buy, sell, approve, cancel, resume };

/** False: it is no command. */
export async function command(office: Office, deed: Deed): Promise<boolean> {
  const { machine, auditor, clock } = office;
  const enter = commands[deed.name];
  if (enter === undefined) return false;
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  auditor.noteRun(app.now(), clock.nowMs);
  await enter(office, app, deed);
  await app.close();
  return true;
}

/** A block that was sold by hand. */
async function buy(_office: Office, app: App, deed: Deed): Promise<void> {
  await addBlock(app, {
    clientId: clientIn(app, deed),
    amountMinor: null,
    seconds: (1 + (deed.b % 4)) * hour,
    rateMinor: 12_000,
    priority: 0,
    reason: 'sold',
    purchasedOn: '2026-03-01',
    expiresOn: null,
  });
}

/** `sell`, which is refused while an order is open, on hold, or before the first run. */
async function sell({ auditor }: Office, app: App, deed: Deed): Promise<void> {
  const client = app.clients[deed.a % app.clients.length];
  if (client === undefined) return;
  const quantity = 1 + (deed.b % 2);
  const request = { client, offer: 'ten', quantity, isRecharge: false, reason: null, isDone: true };
  try {
    const { block } = await sellBlock(app, request);
    const open = openOrders(auditor, client.id);
    if (open.length === 1 && open[0]?.id === block) return;
    throw new Violation('one order', `${client.id} has ${open.map(({ id }) => id).join(', ')}`);
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
  }
}

/** `outbox approve`, by either of the two messages that wait. */
async function approve({ auditor }: Office, app: App, deed: Deed): Promise<void> {
  const clientId = clientIn(app, deed);
  const waiting = await app.store.listMessages({ statuses: ['unapproved'], clientId });
  const invoice = waiting.find(({ kind }) => kind === 'invoice');
  if (invoice === undefined) return;
  const named = waiting[deed.b % waiting.length] ?? invoice;
  auditor.recharges.approve(invoice.key, priceOf(invoice));
  if (!(await app.store.approveRecharge(named.key))) throw new Error(`${named.key} did not wait`);
}

/** `outbox cancel`, of a recharge that has not left. */
async function cancel({ auditor }: Office, app: App, deed: Deed): Promise<void> {
  const clientId = clientIn(app, deed);
  const statuses = ['pending', 'unapproved'] as const;
  const unsent = await app.store.listMessages({ statuses, clientId });
  const invoice = unsent.find(({ key, createAttemptedAt }) => {
    return auditor.recharges.all.has(key) && createAttemptedAt === null;
  });
  if (invoice === undefined) return;
  auditor.recharges.cancel(invoice.key);
  await app.store.cancelMessage(invoice.key, new Date(app.now()).toISOString());
}

/** `recharge resume`, of a client whose payment came back. */
async function resume({ auditor }: Office, app: App, deed: Deed): Promise<void> {
  const clientId = clientIn(app, deed);
  const holds = await app.store.readSalesHolds();
  if (!holds.some((hold) => hold.clientId === clientId)) return;
  await resumeSales(app, clientId);
  auditor.resumeSales(clientId);
}

/** Ordered blocks whose invoice is neither cancelled nor void, nor settled by a charge that came back. */
function openOrders({ books, recharges }: Office['auditor'], clientId: string) {
  const cancelled = books.messages().filter(({ status }) => status === 'cancelled');
  const voided = recharges.state.invoices.filter(({ isVoid }) => isVoid);
  const returned = [...recharges.all.values()].filter((recharge) =>
    recharges
      .attemptsOf(recharge)
      .charges.some(({ reversedMinor, amountMinor }) => reversedMinor >= amountMinor),
  );
  const over = new Set([
    ...[...cancelled, ...voided].map(({ key }) => key),
    ...returned.map(({ invoiceKey }) => invoiceKey),
  ]);
  return books.blocks().filter((block) => {
    const isOrdered = block.status === 'ordered' && block.source === 'purchase';
    return block.clientId === clientId && isOrdered && !over.has(block.invoiceKey);
  });
}

function clientIn(app: App, { a }: Deed): string {
  return app.clients[a % app.clients.length]?.id ?? '';
}

function priceOf({ payload }: PushMessageRow): number {
  return (JSON.parse(payload) as { totalMinor: number }).totalMinor;
}
