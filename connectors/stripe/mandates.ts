/** A customer's saved bank accounts and cards, each with the state of its mandate as far as Stripe shows it. */
import { z } from 'zod';
import type {
  MandateRow,
  PullRequest,
  RejectedRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { dateInZone, type Instant, instantFromMs } from '../../src/domain/time.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { parseRows } from '../http/answers/rows.ts';
import { allRows, parseAll, type Rows, readableRows } from '../kit/reading/lists.ts';
import type { Stripe } from './call.ts';
import {
  chargeList,
  customerOf,
  eventList,
  isBeforeEvents,
  mandateEvents,
  methodList,
  setupList,
  withoutDetails,
} from './lists.ts';
import { ended, fromMethod, isDebit, schemeNames, schemeOf, withState } from './mapping.ts';
import {
  type CustomerWire,
  EventWire,
  MandateWire,
  MethodWire,
  PaidByWire,
  SetupWire,
} from './schema.ts';

interface Saved {
  rows: MandateRow[];
  rejected: RejectedRow[];
  /** By the payment method; only those that Stripe names. */
  mandates: ReadonlyMap<SourceId, MandateWire>;
  /** Bank accounts, and how many of them have a mandate that Stripe names. */
  debits: number;
  named: number;
}

const Schemes = z.record(z.string(), z.string()).catch({});

/**
 * Of customers with a change since; the first run of a day reads all, since cards expire without an event. What an
 * earlier pass read and Stripe lists no more was removed from the customer.
 */
export async function* pullMandates(stripe: Stripe, request: PullRequest): Rows<MandateRow> {
  const { memory } = stripe.context;
  for (const customer of await customersToRead(stripe, request)) {
    const { rows, rejected } = await readSaved(stripe, customer);
    const key = `saved.${customer}`;
    const before = Schemes.parse(jsonOrNull(await memory.get(key)));
    // An unreadable one may be what seems to be gone.
    const isWhole = rejected.length === 0;
    const gone = isWhole ? removedSince(stripe, customer, before, rows) : [];
    yield { rows: [...rows, ...gone], rejected, resume: null };
    if (!request.isStored || !isWhole) continue;
    await request.whenStored();
    const schemes = Object.fromEntries(rows.map(({ sourceId, scheme }) => [sourceId, scheme]));
    await memory.set(key, JSON.stringify(schemes));
  }
}

function removedSince(
  { context }: Stripe,
  clientId: SourceId,
  before: Readonly<Record<SourceId, string>>,
  rows: readonly MandateRow[],
): MandateRow[] {
  const now = instantFromMs(context.now());
  const saved = new Set(rows.map(({ sourceId }) => sourceId));
  return Object.entries(before)
    .filter(([id]) => !saved.has(id))
    .map(([id, scheme]) =>
      withState(id, scheme, ended('removed from the customer'), clientId, now),
    );
}

async function customersToRead(
  stripe: Stripe,
  { clientIds, since, until, isStored }: PullRequest,
): Promise<readonly SourceId[]> {
  const { now, timezone } = stripe.context;
  const isNewDay = dateInZone(since, timezone) < dateInZone(until, timezone);
  if (!isStored || isNewDay || isBeforeEvents(since, now())) return clientIds;
  const changed = new Set<SourceId>();
  for await (const { rows } of stripe.pages(eventList(since, mandateEvents))) {
    const events = parseAll(rows, EventWire);
    if (events.length < rows.length) return clientIds;
    for (const event of events) {
      const customer = customerOf(event);
      if (customer !== null) changed.add(customer);
      // A payment without a customer is of nobody that is saved; a mandate or dispute names no customer.
      else if (!/^(?:payment|setup)_intent$/.test(event.data.object.object ?? '')) return clientIds;
    }
  }
  return clientIds.filter((id) => changed.has(id));
}

export async function readSaved(stripe: Stripe, customer: SourceId): Promise<Saved> {
  const raw = (await ifThere(allRows(stripe, methodList(customer), z.unknown()))) ?? [];
  const { rows: all, rejected } = parseRows(raw, MethodWire, (wire) => wire);
  const methods = all.filter(({ type }) => schemeOf(type) !== null);
  const setups = (await ifThere(readableRows(stripe, setupList(customer), SetupWire))) ?? [];
  const now = instantFromMs(stripe.context.now());
  const around = { clientId: customer, today: dateInZone(now, stripe.context.timezone), now };
  const debits = methods.filter(isDebit);
  const mandates = await readMandates(stripe, customer, debits, setups);
  const rows = methods.map((wire) => fromMethod(wire, mandates.get(wire.id) ?? null, around));
  const saved = new Set(rows.map(({ sourceId }) => sourceId));
  const pending = setups.flatMap((setup) => fromPending(setup, saved, around) ?? []);
  return {
    rows: [...rows, ...pending],
    rejected: withoutDetails(rejected),
    mandates,
    debits: debits.length,
    named: debits.filter(({ id }) => mandates.has(id)).length,
  };
}

/** By the SetupIntent that saved each, else by a charge; neither a list nor the payment method names them. */
async function readMandates(
  stripe: Stripe,
  customer: SourceId,
  debits: readonly MethodWire[],
  setups: readonly SetupWire[],
): Promise<Map<SourceId, MandateWire>> {
  const found = new Map<SourceId, MandateWire>();
  // Newest first: an account that was set up again has its latest mandate.
  for (const { payment_method, mandate } of setups) {
    if (payment_method === null || mandate === null || found.has(payment_method)) continue;
    found.set(payment_method, mandate);
  }
  const left = new Set(debits.map(({ id }) => id).filter((id) => !found.has(id)));
  if (left.size === 0) return found;
  for (const charge of await readableRows(stripe, chargeList(customer), PaidByWire)) {
    const method = charge.payment_method ?? '';
    const id = mandateOf(charge);
    if (id === null || !left.delete(method)) continue;
    const mandate = await stripe.getIfThere(`/v1/mandates/${encodeURIComponent(id)}`, MandateWire);
    if (mandate !== null) found.set(method, mandate);
  }
  return found;
}

function mandateOf({ payment_method_details: details }: PaidByWire): SourceId | null {
  const { us_bank_account, sepa_debit, bacs_debit } = details ?? {};
  return us_bank_account?.mandate || sepa_debit?.mandate || bacs_debit?.mandate || null;
}

/** A bank account whose microdeposits the payer has not confirmed is not saved yet. */
function fromPending(
  { status, payment_method, payment_method_types }: SetupWire,
  saved: Set<SourceId>,
  { clientId, now }: { clientId: SourceId; now: Instant },
): MandateRow | null {
  const scheme = payment_method_types?.find((type) => isDebit({ type }));
  const isPending = status === 'requires_action' || status === 'processing';
  if (!isPending || payment_method === null || scheme === undefined) return null;
  if (saved.has(payment_method)) return null;
  saved.add(payment_method);
  const state = {
    status: 'pending',
    detail: 'not confirmed by the payer',
    expiresOn: null,
  } as const;
  return withState(payment_method, scheme, state, clientId, now);
}

type Choice = { row: MandateRow } | { detail: string; fix: string };

/** The customer's default, else the only one that can be charged. Never a guess between several. */
export function chooseMandate(
  customer: CustomerWire,
  { rows, rejected }: Pick<Saved, 'rows' | 'rejected'>,
): Choice {
  const chosen = customer.invoice_settings?.default_payment_method ?? null;
  if (chosen !== null) {
    const row = rows.find(({ sourceId }) => sourceId === chosen);
    if (row?.status === 'usable') return { row };
    const what =
      row === undefined
        ? `is none of: ${schemeNames.join(', ')}`
        : `cannot be charged (${row.detail ?? row.status})`;
    return {
      detail: `The default payment method of ${customer.id}, ${chosen}, ${what}.`,
      fix: newMethodFix,
    };
  }
  const usable = rows.filter(({ status }) => status === 'usable');
  const [only] = usable;
  // An unreadable one might be chargeable, too.
  if (only !== undefined && usable.length + rejected.length === 1) return { row: only };
  if (only !== undefined) {
    const names = [...usable, ...rejected].map(({ sourceId }) => sourceId);
    return {
      detail: `Customer ${customer.id} has several payment methods and no default: ${names.join(', ')}.`,
      fix: 'In Stripe, open the customer and set one of them as the default.',
    };
  }
  const left = rows.map(({ sourceId, detail, status }) => `${sourceId}: ${detail ?? status}`);
  const why = left.length === 0 ? '' : ` (${left.join('; ')})`;
  return {
    detail: `Customer ${customer.id} has no payment method that can be charged${why}.`,
    fix: newMethodFix,
  };
}

const newMethodFix =
  'Let the client save one again (Stripe’s customer portal, or Checkout in set-up mode), and make it the default.';
