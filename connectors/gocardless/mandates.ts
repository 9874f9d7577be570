/** Mandates of our customers: found by events, and each read as it is now. */
import { z } from 'zod';
import type {
  MandateRow,
  Page,
  PullRequest,
  RejectedRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { allRows, type Rows } from '../kit/reading/lists.ts';
import type { GoCardless } from './call.ts';
import { eventList, isLongAgo, mandateList, ofCustomer, pathOf } from './lists.ts';
import { currencyOf, fromMandate, isUsable } from './mapping.ts';
import { EventWire, inside, MandateWire } from './schema.ts';

export async function* pullMandates(gc: GoCardless, request: PullRequest): Rows<MandateRow> {
  const { since, clientIds, isStored } = request;
  if (isStored && !isLongAgo(since, gc.context.now())) {
    yield* changedMandates(gc, request);
    return;
  }
  for (const customer of clientIds) {
    const listed = allRows(gc, mandateList(customer), z.unknown());
    yield readRows(gc, (await ofCustomer(gc, customer, listed)) ?? [], clientIds);
  }
}

async function* changedMandates(
  gc: GoCardless,
  { since, clientIds }: PullRequest,
): Rows<MandateRow> {
  const changedAt = new Map<SourceId, Instant | null>();
  for await (const { rows } of gc.pages(eventList(since, 'mandates'))) {
    const events = parseRows(rows, EventWire, toChange);
    for (const { id, at } of events.rows) if (!changedAt.has(id)) changedAt.set(id, at);
    yield { rows: [], rejected: events.rejected, resume: null };
  }
  const raw: unknown[] = [];
  const missing: RejectedRow[] = [];
  for (const id of changedAt.keys()) {
    const found = await gc.getIfThere(pathOf('mandates', id), inside('mandates', z.unknown()));
    if (found !== null) raw.push(found);
    else
      missing.push({
        sourceId: id,
        reason: 'an event names it, but GoCardless has no such mandate',
        row: {},
      });
    // One that was replaced names the one that is charged from now on.
    const next = MandateWire.safeParse(found).data?.links.new_mandate;
    if (next && !changedAt.has(next)) changedAt.set(next, changedAt.get(id) ?? null);
  }
  const page = readRows(gc, raw, clientIds, changedAt);
  yield { ...page, rejected: [...missing, ...page.rejected] };
}

function toChange({ links, created_at }: EventWire): { id: SourceId; at: Instant | null } {
  if (links.mandate !== null) return { id: links.mandate, at: created_at };
  throw new KindError('contract', 'links: names no mandate');
}

function readRows(
  gc: GoCardless,
  raw: readonly unknown[],
  clientIds: readonly SourceId[],
  changedAt: ReadonlyMap<SourceId, Instant | null> = new Map(),
): Page<MandateRow> {
  const now = instantFromMs(gc.context.now());
  const { rows, rejected } = parseRows(raw, MandateWire, (wire) =>
    fromMandate(wire, changedAt.get(wire.id) ?? now),
  );
  const ours = rows.flat().filter(({ clientId }) => clientIds.includes(clientId));
  return { rows: ours, rejected, resume: null };
}

type Choice = { mandate: MandateWire } | { detail: string; fix: string };

/** The newest that can be charged, in this currency if one is given: an older one was not cancelled after a new set-up. */
export async function chooseMandate(
  gc: GoCardless,
  customer: SourceId,
  currency: string | null,
): Promise<Choice> {
  // Strict: an unreadable one might be the newest.
  const mandates = await allRows(gc, mandateList(customer), MandateWire);
  const charged = mandates.filter(
    ({ scheme, links }) => links.customer === customer && currencyOf(scheme) !== null,
  );
  const usable = charged.filter(isUsable);
  const [mandate] = usable
    .filter(({ scheme }) => currency === null || currencyOf(scheme) === currency)
    .sort((a, b) => ((a.created_at ?? '') < (b.created_at ?? '') ? 1 : -1));
  if (mandate !== undefined) return { mandate };
  const what = currency === null ? '' : ` in ${currency}`;
  const found = charged.map(({ id, scheme, status }) => `${id} (${scheme}): ${status}`);
  const why = found.length === 0 ? '' : ` It has ${found.join(', ')}.`;
  return {
    detail: `Customer ${customer} has no mandate that can be charged${what}.${why}`,
    fix: 'Send the client a mandate link in GoCardless (Customers > the customer > Set up Direct Debit).',
  };
}
