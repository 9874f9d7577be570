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
  'conditions-company': {
    claim: 'Lists honour conditions on company/id.',
    otherwise: 'Nothing is read, since other companies’ rows would come along.',
  },
  'conditions-last-updated': {
    claim: 'Lists honour conditions on lastUpdated.',
    otherwise: 'Nothing is read, since every run would read everything.',
  },
  'forward-only': {
    claim: 'Lists can be read in forward-only pages.',
    otherwise: 'Nothing is read, since rows that change meanwhile would be lost.',
  },
  'ticket-numbers': {
    claim: 'Service and project tickets share one row of numbers.',
    otherwise: 'Nothing is read, since two tickets would be taken for one.',
  },
  'actual-hours': {
    claim: 'actualHours is end less start less hoursDeduct.',
    otherwise: 'actualHours is debited all the same: it is what ConnectWise calls worked.',
  },
  'conditions-external-xref': {
    claim: 'A ticket is found by externalXRef.',
    otherwise: 'The company’s tickets are listed and compared instead.',
  },
  'conditions-reference': {
    claim: 'An invoice is found by reference.',
    otherwise: 'The company’s invoices are listed and compared instead.',
  },
  'conditions-integration-xref': {
    claim: 'A product is found by integrationXRef.',
    otherwise: 'The products changed since the sale are listed and compared instead.',
  },
  'product-on-invoice': {
    claim: 'A product can be put on an invoice when it is made.',
    otherwise: 'No invoices are made; use invoiceRoute ticket-product or agreement.',
  },
  'product-on-ticket': {
    claim: 'A product can be put on a ticket when it is made.',
    otherwise: 'No renewal tickets are made; use invoiceRoute invoice or agreement.',
  },
  'adjustment-hours': {
    claim: 'An adjustment of 1 raises an hours agreement by one hour.',
    otherwise: 'No agreement is topped up; use another invoiceRoute.',
  },
  'recap-hours': {
    claim: 'The recap of an agreement in hours shows what is left of it in hours.',
    otherwise: 'The balances of agreements are not compared with ours.',
  },
  'note-flags': {
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
  },
  'custom-fields': {
    claim: 'A PATCH of the whole customFields array leaves the other fields as they were.',
    otherwise: 'No balance is written into companies.',
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
    throw new KindError('config', `Not so on this ConnectWise: ${facts[id].claim}`, {
      fix: `${facts[id].otherwise} After a change there, run check (or check --probe) again.`,
    });
  }
}

/** What is known about a fact, for `check`. */
export async function factResult(context: ConnectorContext, id: FactId): Promise<CheckResult> {
  const stored = await context.memory.get(`fact.${id}`);
  const fact = facts[id];
  if (stored === null) {
    return {
      id: `fact.${id}`,
      status: 'warning',
      detail: `Not settled yet: ${fact.claim}`,
      fix: 'Run check --probe with a test client; else the first real case settles it.',
    };
  }
  const [answer, day] = stored.split(' ');
  if (answer === 'yes') {
    return { id: `fact.${id}`, status: 'ok', detail: `${fact.claim} (seen ${day})` };
  }
  return {
    id: `fact.${id}`,
    status: fact.otherwise.startsWith('No') ? 'failed' : 'warning',
    detail: `Not so (seen ${day}): ${fact.claim}`,
    fix: fact.otherwise,
  };
}
