/** What must hold once the faults have stopped and one run went through. */
import { type Auditor, isQuiet } from './auditor.ts';
import {
  type BlockRow,
  type ChargePart,
  type ChargeRow,
  type LedgerRow,
  type MessageRow,
  partsOf,
} from './books.ts';
import { clientName, costOf, groupOf, listWork, pendingOf, sum, type Work } from './model.ts';
import type { Psa } from './psa.ts';
import { auditRecharges } from './settled-recharges.ts';
import { opening, overageRateMinor, type Terms } from './terms.ts';
import { Violation } from './violation.ts';

export function auditSettled(auditor: Auditor, today: string): void {
  auditor.compareAll();
  const { books, systems, terms } = auditor;
  const clients = books.clientIds();
  const ledger = books.ledger();
  const work = listWork(systems, (place) => clients.has(place));
  for (const psa of systems) checkMirror(auditor, psa, clients);
  checkNothingWaits(auditor);
  const charges = books.charges();
  const standing = checkCharges(charges, ledger);
  const chargedPer = checkDebits(standing, partsOf(charges), work, auditor.runTerms);
  // What was charged under another grouping stays where it is; open work is not rounded with it.
  const together = work.filter(
    ({ isDue, entry }) => !isDue || chargedPer.get(entry.id) === terms.per,
  );
  checkPending(auditor, clients, pendingOf(together, terms));
  checkBlocks(books.blocks(), ledger, today);
  checkTold(auditor);
  checkRecords(auditor, ledger);
  checkFields(auditor, clients);
  auditRecharges(auditor, today);
}

function refuse(rule: string, detail: string): never {
  throw new Violation(rule, detail);
}

function checkMirror({ books }: Auditor, psa: Psa, clients: ReadonlyMap<string, string>): void {
  const { name } = psa;
  const { tickets, entries } = psa.state();
  const known = tickets.filter(({ client }) => clients.has(`${name} ${client}`));
  const ids = new Set(known.map(({ id }) => id));
  const wanted = [
    ...known.map(({ id, client, isClosed, mergedInto }) => {
      return `ticket ${id} ${client} ${Number(isClosed)} ${mergedInto ?? ''}`;
    }),
    ...entries
      .filter(({ ticketId }) => ids.has(ticketId))
      .map(({ id, ticketId, startMs, seconds, workType }) => {
        return `entry ${id} ${ticketId} ${new Date(startMs).toISOString()} ${seconds} ${workType}`;
      }),
  ];
  const mirrored = [
    ...books.mirrorTickets(name).map(({ id, text }) => `ticket ${id} ${text}`),
    ...books.mirrorEntries(name).map(({ id, text }) => `entry ${id} ${text}`),
  ].filter((text) => ids.has(text.split(' ')[text.startsWith('ticket') ? 1 : 2] ?? ''));
  const missing = wanted.find((text) => !mirrored.includes(text));
  const extra = mirrored.find((text) => !wanted.includes(text));
  if (missing === undefined && extra === undefined) return;
  refuse('mirror', `${name} has ${missing}, the mirror has ${extra}`);
}

function checkNothingWaits({ books }: Auditor): void {
  for (const what of ['dirty', 'time_due'] as const) {
    if (books.count(what) > 0) refuse('nothing waits', `rows are left in ${what}`);
  }
  const strange = books.quarantine().find((place) => !/ clients \d*9$/.test(place));
  if (strange !== undefined) refuse('nothing waits', `${strange} is in quarantine`);
}

/** The charges that stand, each debited with all its seconds, and none that stands no more. */
function checkCharges(charges: readonly ChargeRow[], ledger: readonly LedgerRow[]): ChargeRow[] {
  const last = new Map(charges.map((charge) => [charge.groupKey, charge]));
  const debited = new Map<string, number>();
  for (const { chargeId, side, seconds } of ledger) {
    if (chargeId === null) continue;
    debited.set(chargeId, (debited.get(chargeId) ?? 0) + (side === 'debit' ? seconds : -seconds));
  }
  for (const { id, groupKey, seconds } of charges) {
    const wanted = last.get(groupKey)?.id === id ? seconds : 0;
    const stands = debited.get(id) ?? 0;
    if (stands !== wanted) refuse('debited once', `${id}: ${stands} s stand, not ${wanted} s`);
  }
  return [...last.values()];
}

/**
 * Each due entry is in one standing charge, at what its terms ask for; no other entry is in any. Returns how each
 * was grouped, by entry.
 */
function checkDebits(
  standing: readonly ChargeRow[],
  parts: ReadonlyMap<string, readonly ChargePart[]>,
  work: readonly Work[],
  runTerms: ReadonlyMap<string, Terms>,
): Map<string, Terms['per']> {
  const due = new Map(work.filter(({ isDue }) => isDue).map((one) => [one.entry.id, one]));
  const seen = new Map<string, Terms['per']>();
  const groups = new Set<string>();
  for (const { id, clientId, seconds, runId } of standing) {
    const terms = runTerms.get(runId);
    if (terms === undefined) throw new Error(`nobody saw run ${runId}`);
    const members = (parts.get(id) ?? []).map(({ entryId: name, seconds: debited }) => {
      const one = due.get(name) ?? refuse('debited once', `${id} has ${name}, which is not due`);
      if (seen.has(name)) refuse('debited once', `${name} is in two charges`);
      seen.set(name, terms.per);
      if (one.entry.seconds !== debited) refuse('debited once', `${name} is ${debited} s in ${id}`);
      if (!clientId.endsWith(clientName(one.root.client)))
        refuse('debited once', `${id} is not of ${clientId}`);
      return one;
    });
    if (members.length === 0) continue;
    const names = new Set(members.map((one) => groupOf(one, terms.per)));
    const [name = ''] = names;
    if (names.size > 1 || groups.has(`${terms.per} ${name}`)) {
      refuse('debited once', `${id} is no whole ${terms.per}: ${[...names].join(', ')}`);
    }
    groups.add(`${terms.per} ${name}`);
    const cost = costOf(
      members.map(({ entry }) => entry),
      terms,
    );
    if (cost !== seconds) refuse('debited once', `${id} costs ${seconds} s, not ${cost} s`);
  }
  const missing = [...due.keys()].find((name) => !seen.has(name));
  if (missing !== undefined) refuse('debited once', `${missing} is due and not debited`);
  return seen;
}

function checkPending(
  { books }: Auditor,
  clients: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, number>,
): void {
  const shown = books.pending();
  for (const clientId of new Set(clients.values())) {
    const [is, should] = [shown.get(clientId) ?? 0, wanted.get(clientName(clientId)) ?? 0];
    if (is !== should) refuse('pending', `${clientId} has ${is} s pending, not ${should} s`);
  }
}

/** Each block is credited once, unless it was taken back, never overdrawn, and empty once it has ended. */
function checkBlocks(
  blocks: readonly BlockRow[],
  ledger: readonly LedgerRow[],
  today: string,
): void {
  for (const { id, seconds, expiresOn } of blocks) {
    const rows = ledger.filter(({ blockId }) => blockId === id);
    const takenBack = new Set(rows.map(({ reverses }) => reverses));
    const credited = rows.filter(
      ({ side, reason, key }) => side === 'credit' && reason !== 'reversal' && !takenBack.has(key),
    );
    const total = sum(credited.map((row) => row.seconds));
    if (credited.length > 1 || (credited.length === 1 && total !== seconds)) {
      refuse('bought once', `block ${id} of ${seconds} s was credited ${total} s`);
    }
    const left = sum(rows.map((row) => (row.side === 'credit' ? row.seconds : -row.seconds)));
    if (left < 0 || (left > 0 && expiresOn !== null && expiresOn < today)) {
      refuse('bought once', `block ${id}, good until ${expiresOn}, has ${left} s left`);
    }
  }
  const openings = blocks.filter(({ source }) => source === 'opening');
  const wanted = 2 * (opening.seconds + opening.endingSeconds);
  if (sum(openings.map(({ seconds }) => seconds)) !== wanted) {
    refuse('bought once', `${openings.length} opening blocks stand`);
  }
}

function checkTold({ descents, terms }: Auditor): void {
  for (const [clientId, { netSeconds, told }] of descents) {
    for (const level of terms.levelSeconds) {
      if (netSeconds > level || isQuiet(told.get(level))) continue;
      const left = `${netSeconds / 3600} h are left`;
      refuse('told once', `${clientId}: ${left}, and ${level / 3600} h was not told`);
    }
  }
}

/** Each alert, note and invoice stands in the PSA once, and nothing that nobody asked for does. */
function checkRecords(auditor: Auditor, ledger: readonly LedgerRow[]): void {
  const { books, systems } = auditor;
  const psa = systems.find(({ name }) => name === 'psa');
  if (psa === undefined) throw new Error('there is no psa');
  const { alerts, notes, invoices } = psa.state();
  const charges = auditor.recharges.provider?.charges ?? [];
  const records = [...alerts, ...notes, ...invoices, ...charges].flatMap(({ key }) => key ?? []);
  const messages = books.messages().filter(({ kind }) => kind !== 'balance-field');
  for (const message of messages) {
    const { key, status } = message;
    const count = records.filter((one) => one === key).length;
    const unsent = auditor.recharges.statusOf(message, books);
    if (status !== (unsent ?? 'delivered') || count !== (unsent === null ? 1 : 0)) {
      refuse('exactly once', `${key} is ${status} and stands ${count} times in the PSA`);
    }
  }
  const keys = new Set(messages.map(({ key }) => key));
  const strange = records.find((key) => !keys.has(key));
  if (strange !== undefined) refuse('exactly once', `nobody wrote ${strange}`);
  for (const note of notes) {
    if (alerts.some(({ id }) => id === note.ticketId)) continue;
    refuse('exactly once', `note ${note.key} hangs on ${note.ticketId}, which is no alert`);
  }
  for (const message of messages) {
    if (message.kind !== 'invoice' || message.status !== 'delivered') continue;
    checkInvoice(auditor, message, psa, ledger);
  }
}

/** An invoice asks for the price of its hours as it was when it left; its block counts when it may. */
function checkInvoice(
  { books, sentTerms, recharges }: Auditor,
  { key, payload }: MessageRow,
  psa: Psa,
  ledger: readonly LedgerRow[],
): void {
  const block = books.blocks().find(({ invoiceKey }) => invoiceKey === key);
  const invoice = psa.state().invoices.find((one) => one.key === key);
  const terms = sentTerms.get(key);
  if (!block || !invoice || !terms) refuse('bought once', `invoice ${key} has no block`);
  const isOverage = block.source === 'overage';
  const { seconds } = JSON.parse(payload) as { seconds: number };
  const rates = recharges.all.get(key)?.rates ?? [isOverage ? overageRateMinor : terms.rateMinor];
  // Overage is priced line by line, each to a whole unit.
  const isPriced = [...rates].some(
    (rate) => Math.abs(invoice.totalMinor - (rate * seconds) / 3600) <= (isOverage ? 20 : 0.5),
  );
  if (!isPriced || seconds !== block.seconds) {
    refuse('bought once', `invoice ${key} asks ${invoice.totalMinor} for ${seconds} s`);
  }
  const bought = ledger.filter(({ blockId }) => blockId === block.id);
  // Nobody pays it any more: it must not stand in the way of the next sale.
  if (invoice.isVoid && block.status === 'ordered' && bought.length === 0) {
    refuse('order ends', `block ${block.id} is still ordered, and its invoice is void`);
  }
  // What becomes of a recharge is compared with what was paid.
  if (recharges.all.has(key)) return;
  const takenBack = new Set(bought.map(({ reverses }) => reverses));
  const isCredited = bought.some(({ side, reason, key: posting }) => {
    return side === 'credit' && reason !== 'reversal' && !takenBack.has(posting);
  });
  // A bill for overage is no order: what becomes of it changes no hours.
  const isSold = isOverage || !invoice.isVoid;
  if (isCredited === (isSold && (block.activate !== 'on-payment' || invoice.isPaid))) return;
  refuse('bought once', `block ${block.id} is ${isCredited ? '' : 'not '}credited`);
}

function checkFields(auditor: Auditor, clients: ReadonlyMap<string, string>): void {
  const fields = auditor.systems.find(({ name }) => name === 'psa')?.state().fields;
  for (const [place, clientId] of clients) {
    const [connection, id = ''] = place.split(' ');
    const net = auditor.descents.get(clientId)?.netSeconds;
    if (connection !== 'psa' || net === undefined) continue;
    const wanted = (Math.floor(net / 36) / 100).toFixed(2);
    const shown = fields?.get(id);
    if (shown !== wanted) refuse('field', `${clientId} shows ${shown} hours, not ${wanted}`);
  }
}
