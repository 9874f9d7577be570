import type { Client, OverageBilling } from '../domain/agreements/terms.ts';
import type { ChargeFacts } from '../domain/charges/charge-facts.ts';
import { formatIn, type Locale, languageOf } from '../domain/format.ts';
import { blockIdOf, pushKeyOf } from '../domain/keys.ts';
import type { LedgerEntry, Posting } from '../domain/ledger/ledger.ts';
import { holdBlock, type OpenOverage, payOffOverage } from '../domain/ledger/postings.ts';
import { billingTerms, isUndoneNote } from '../domain/ledger/undo.ts';
import { priceOf } from '../domain/money.ts';
import { addDays, type DateText, dateInZone } from '../domain/time.ts';
import type { Block, NewMessage, PostedCharge } from '../store/port.ts';
import { accountFrom, emptyBatch } from '../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';
import { billToBasis } from './messages/basis.ts';
import { requestOf, sourceIdOf, toMessage } from './messages/compose.ts';
import { contactPhrase, inProse } from './messages/phrases.ts';

/** Hours of one ticket (or of one cause) that are billed together. */
interface BillLine {
  label: string;
  workedOn: DateText;
  seconds: number;
}

export interface Bill {
  key: string;
  client: Client;
  billing: OverageBilling;
  open: OpenOverage[];
  today: DateText;
}

/**
 * Bills overage at its own rate if the agreement says so. In the transaction that writes the
 * invoice, it becomes a block of exactly that size, which pays it: so it is billed once, no later
 * block pays it again, and hours of work corrected later stay with the client.
 */
export async function billOverage(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  for (const client of context.clients) {
    if (context.signal.aborted) return;
    const { overage: billing } = client.agreement;
    // Overage of a client that another pays for is carried, and billed, in the payer's account.
    if (typeof billing === 'string' || client.paidBy !== null) continue;
    const today = dateInZone(context.at, client.timezone);
    // Hours whose bill was withdrawn are not billed again on the same terms.
    const isHeld = (await context.store.readHeldBilling(client.id)) === billingTerms(billing);
    const isDue = billing.when === 'at-once' ? () => true : dueMonthly(client, billing, today);
    const open: OpenOverage[] = [];
    for (const entry of await context.store.readOpenOverage(client.id)) {
      const origin = await originOf(context, entry);
      if (isDue(origin) && !(isHeld && isUndoneNote(origin.note))) open.push(entry);
    }
    if (open.length === 0) continue;
    const entries = open.map((entry) => entry.key).sort();
    const cause = [context.firstRunAt, context.mode, ...entries].join(' ');
    await writeBill(
      context,
      { key: pushKeyOf('ovr', client.id, cause), client, billing, open, today },
      outcome,
    );
  }
}

/**
 * The rest of overage that a block paid a part of is posted again on that day, under a key that
 * continues the one of the entry it is left of: that one tells since when it is owed, and why.
 */
async function originOf({ store }: ReplenishContext, entry: OpenOverage): Promise<LedgerEntry> {
  if (entry.note !== 'overage-paid') return entry;
  const parts = entry.key.split('/');
  const keys = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const earlier = await store.readEntries(keys);
  return earlier.findLast(({ note }) => note !== 'overage-paid') ?? entry;
}

/**
 * Selects the overage for the latest month that can be billed: work up to the end of that month,
 * debited before the billing day. This does not depend on the day of the run, so a month has one
 * bill; work debited later goes on the next.
 */
function dueMonthly(
  { timezone }: Client,
  { daysAfter }: OverageBilling,
  today: DateText,
): (entry: LedgerEntry) => boolean {
  // `daysAfter` days ago, it was the month after the one billed.
  const nextMonth = `${addDays(today, 0 - daysAfter).slice(0, 7)}-01`;
  const billedOn = addDays(nextMonth, daysAfter);
  return ({ postedAt, workedOn }) => {
    const postedOn = dateInZone(postedAt, timezone);
    return postedOn < billedOn && (workedOn ?? postedOn) < nextMonth;
  };
}

async function writeBill(
  context: ReplenishContext,
  bill: Bill,
  outcome: ReplenishOutcome,
): Promise<void> {
  const { store, mode } = context;
  // Decisions in observe mode bill nothing, so the same hours are found again.
  if ((await store.readMessage(bill.key)) !== null) return;
  const [ledger] = await store.readLedgers([bill.client.id], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`client ${bill.client.id} has no ledger`);
  const message = { ...(await composeBill(context, bill)), basis: billToBasis(bill) };
  const block = toBlock(bill);
  const account = accountFrom(ledger, []);
  holdBlock(account, block);
  const postings = [toCredit(block), ...payOffOverage(account, bill.open)];
  const settled = mode === 'live' ? { blocks: [block], postings } : {};
  await store.writeReplenish({
    ...emptyBatch(context),
    ...settled,
    expected: [ledger],
    messages: [message],
  });
  outcome.changed += 1;
  outcome.messages += 1;
  if (mode === 'live') outcome.posted += postings.length;
}

function toBlock({ key, client, billing, open, today }: Bill): Block {
  return {
    id: blockIdOf(key),
    key,
    clientId: client.id,
    source: 'overage',
    offer: null,
    seconds: secondsOf(open),
    amountMinor: null,
    rateMinor: billing.rateMinor,
    currency: billing.currency,
    purchasedOn: today,
    expiresOn: null,
    priority: 0,
    workTypes: null,
    status: 'active',
    activate: 'at-once',
    invoiceKey: key,
  };
}

/** Not a purchase: it is used up immediately, so it re-arms no threshold. */
function toCredit(block: Block): Posting {
  return {
    key: `overage-billed:${block.id}`,
    clientId: block.clientId,
    side: 'credit',
    reason: 'overage',
    blockId: block.id,
    seconds: block.seconds,
    minor: null,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: block.purchasedOn,
    note: null,
  };
}

function secondsOf(entries: readonly { seconds: number }[]): number {
  return entries.reduce((sum, entry) => sum + entry.seconds, 0);
}

export async function composeBill(context: ReplenishContext, bill: Bill): Promise<NewMessage> {
  const { client, billing, key, today } = bill;
  const format = inProse(formatIn(client), true);
  const { rateMinor, currency } = billing;
  const lines = await readLines(context, bill);
  const money = (minor: number) => format.money(minor, currency);
  // The total is the sum of the rounded lines: an invoice must add up.
  const prices = lines.map((line) => priceOf(line.seconds, rateMinor));
  const totalMinor = prices.reduce((sum, price) => sum + price, 0);
  const seconds = secondsOf(lines);
  const { subject, body } = context.templates.render('overage-invoice', client.locale, {
    client: client.name,
    hours: format.duration(seconds),
    rate: money(rateMinor),
    total: money(totalMinor),
    lines: lines.map((line, index) => {
      const day = format.date(line.workedOn);
      const colon = languageOf(client.locale) === 'fr' ? ' :' : ':';
      return `${line.label}, ${day}${colon} ${format.duration(line.seconds)}, ${money(prices[index] ?? 0)}`;
    }),
    contact: contactPhrase(context.sender, format),
    asOf: format.date(today),
    key,
  });
  return toMessage(context, client, 'invoice', key, null, {
    clientId: sourceIdOf(client),
    request: requestOf(context, client),
    offer: 'overage',
    product: billing.product,
    seconds,
    quantity: 1,
    rateMinor,
    totalMinor,
    currency,
    issuedOn: today,
    title: subject,
    body,
  });
}

async function readLines({ store }: ReplenishContext, { open, client }: Bill): Promise<BillLine[]> {
  const ids = [...new Set(open.flatMap(({ chargeId }) => chargeId ?? []))];
  const charges = new Map((await store.readCharges(ids)).map((charge) => [charge.id, charge]));
  const lines = new Map<string, BillLine>();
  for (const entry of open) {
    const label = labelOf(entry, charges.get(entry.chargeId ?? ''), client.locale);
    const key = entry.chargeId ?? entry.key;
    const line = lines.get(key) ?? { label, workedOn: entry.workedOn ?? '', seconds: 0 };
    lines.set(key, { ...line, seconds: line.seconds + entry.seconds });
  }
  return [...lines.values()].sort((a, b) => (a.workedOn < b.workedOn ? -1 : 1));
}

/** The ticket, or the technician; for hours taken by hand, the reason. */
function labelOf({ note }: OpenOverage, charge: PostedCharge | undefined, locale: Locale): string {
  if (charge === undefined) {
    const word = languageOf(locale) === 'fr' ? 'Ajustement' : 'Adjustment';
    // If a block paid or returned a part of it, the rest has the program's own note.
    return note === null || note === 'overage-paid' || isUndoneNote(note)
      ? word
      : `${word} (${note})`;
  }
  const { ticket, parts } = JSON.parse(charge.facts) as ChargeFacts;
  if (ticket !== null) return `#${ticket.number} ${ticket.summary}`;
  const numbers = parts.flatMap(({ ticketNumber }) => ticketNumber ?? []);
  const names =
    numbers.length > 0
      ? numbers.map((number) => `#${number}`)
      : parts.map((part) => part.technician);
  return [...new Set(names)].join(', ');
}
