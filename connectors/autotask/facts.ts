/**
 * What the vendor's documents do not settle and the connector relies on. `check` settles by reading,
 * `probe` and the first real write by writing; the answers are kept in the connection's memory.
 */
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { CheckResult, ConnectorContext } from '../contract.ts';

interface Fact {
  /** What is relied on, as a sentence. */
  claim: string;
  /** What is done, or no longer done, where it is not so. */
  otherwise: string;
}

export const facts = {
  'change-filters': {
    claim: 'Queries honour filters on the moment of the last change.',
    otherwise: 'Nothing is read, since every run would read everything.',
  },
  'tracked-filter': {
    claim: 'Tickets can be asked for by lastTrackedModificationDateTime.',
    otherwise: 'Changes are seen by lastActivityDate alone.',
  },
  'approval-filter': {
    claim: 'Time can be asked for by billingApprovalDateTime.',
    otherwise: 'An approval is seen where it counts as a change of the entry, and else by nothing.',
  },
  'invoice-lines': {
    claim: 'Billing items can be asked for by invoice.',
    otherwise: 'Nobody learns that a sale was paid; use activate: on-invoice.',
  },
  'page-order': {
    claim: 'Rows come in the order of their ids.',
    otherwise: 'An interrupted pass begins again, in place of going on where it was.',
  },
  'page-count': {
    claim: 'pageDetails.count is the number of rows on the page.',
    otherwise: 'A page that was cut on its way is noticed only where it is empty.',
  },
  'hours-worked': {
    claim: 'hoursWorked is the end less the start of an entry.',
    otherwise: 'hoursWorked is debited all the same: it is what Autotask calls worked.',
  },
  'threshold-information': {
    claim: 'ThresholdInformation tells the requests of this hour.',
    otherwise:
      'Only our own requests are counted; leave other integrations room with requestShare.',
  },
  'ticket-key-kept': {
    claim: 'A new ticket keeps its key.',
    otherwise: 'No tickets are made, since they would not be found again.',
  },
  'ticket-key-found': {
    claim: 'A ticket is found by its key.',
    otherwise: 'The company’s tickets are listed and compared instead.',
  },
  'note-publish': {
    claim: 'A note keeps the publish level that it is written with.',
    otherwise: 'No notes are written, since clients might read internal ones.',
  },
  'company-fields': {
    claim: 'A PATCH of one user-defined field leaves the other fields as they were.',
    otherwise: 'No balance is written into companies.',
  },
  'charge-key': {
    claim: 'A charge keeps our key as its internal purchase order number.',
    otherwise: 'No sales are written, since they would not be found again.',
  },
  'block-key': {
    claim: 'A block keeps our key as its invoice number.',
    otherwise: 'No sales are written, unless billing.nativeBlock is false.',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export async function readFact(
  context: ConnectorContext,
  id: FactId,
): Promise<'yes' | 'no' | null> {
  const stored = await context.memory.get(`fact.${id}`);
  if (stored === null) return null;
  return stored.startsWith('yes') ? 'yes' : 'no';
}

/** Stores `yes 2026-03-02` or `no 2026-03-02`; a later answer replaces an earlier one. */
export async function settleFact(
  context: ConnectorContext,
  id: FactId,
  isSo: boolean,
): Promise<void> {
  const day = instantFromMs(context.now()).slice(0, 10);
  await context.memory.set(`fact.${id}`, `${isSo ? 'yes' : 'no'} ${day}`);
}

/** Throws `config` where one of these was found not to be so. */
export async function refuseIfNot(context: ConnectorContext, ...ids: FactId[]): Promise<void> {
  for (const id of ids) {
    if ((await readFact(context, id)) !== 'no') continue;
    throw new KindError('config', `Not so on this Autotask: ${facts[id].claim}`, {
      fix: `${facts[id].otherwise} After a change there, run check (or check --probe) again.`,
    });
  }
}

/** What is known about a fact, for `check`. */
export async function factResult(context: ConnectorContext, id: FactId): Promise<CheckResult> {
  const stored = await context.memory.get(`fact.${id}`);
  const { claim, otherwise } = facts[id];
  if (stored === null) {
    return {
      id: `fact.${id}`,
      status: 'warning',
      detail: `Not settled yet: ${claim}`,
      fix: 'Run check --probe with a test client; else the first real case settles it.',
    };
  }
  const [answer, day] = stored.split(' ');
  if (answer === 'yes') return { id: `fact.${id}`, status: 'ok', detail: `${claim} (seen ${day})` };
  return {
    id: `fact.${id}`,
    status: /^(?:No|Nothing) /.test(otherwise) ? 'failed' : 'warning',
    detail: `Not so (seen ${day}): ${claim}`,
    fix: otherwise,
  };
}
