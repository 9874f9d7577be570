/**
 * What no page of Halo's settles and the connector relies on. `check` settles by reading, `check --probe`
 * and the first real write by writing; the answers are kept in the connection's memory.
 */
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { CheckResult, ConnectorContext } from '../contract.ts';

interface Fact {
  /** What is relied on, as a sentence. */
  claim: string;
  /** What is done, or no longer done, where it is not so. */
  otherwise: string;
  /** Whether a step refuses to run then. */
  isNeeded: boolean;
  settledBy: 'reading' | 'writing';
}

const read = { settledBy: 'reading' } as const;
const write = { settledBy: 'writing' } as const;

export const facts = {
  'client-ids': {
    ...read,
    claim: 'Lists honour several clients in client_ids.',
    otherwise: 'Each client is asked for by itself: more requests.',
    isNeeded: false,
  },
  'last-update': {
    ...read,
    claim: 'lastupdatefromdate is UTC and is compared with last_update.',
    otherwise: 'No tickets are read, since changes would be missed.',
    isNeeded: true,
  },
  'closed-listed': {
    ...read,
    claim: 'Lists of tickets show closed ones too.',
    otherwise:
      'No tickets are read. Give the agent of the API application all tickets, closed too.',
    isNeeded: true,
  },
  'closed-flag': {
    ...read,
    claim: 'No open ticket looks closed to us.',
    otherwise: 'No tickets are read. Name your closed statuses in closedStatuses.',
    isNeeded: true,
  },
  'deleted-filter': {
    ...read,
    claim: 'The list of deleted tickets holds deleted ones alone.',
    otherwise: 'Time on deleted tickets is not given back. Run sweep, or remove the time first.',
    isNeeded: false,
  },
  'actions-by-date': {
    ...read,
    claim: 'Actions of all tickets are listed by day.',
    otherwise: 'No sweep is made: deleted time is seen when its ticket changes.',
    isNeeded: true,
  },
  'invoice-modified': {
    ...read,
    claim: 'Making and paying an invoice move its last_modified.',
    otherwise: 'All invoices of the clients are read on every run: more requests.',
    isNeeded: false,
  },
  'dates-utc': {
    ...write,
    claim: 'Moments in answers are UTC.',
    otherwise: 'Nothing is read, since work would be taken for that of other hours.',
    isNeeded: true,
  },
  'action-moves-ticket': {
    ...write,
    claim: 'A new action moves the last_update of its ticket.',
    otherwise: 'No tickets are read, since logged time would be missed.',
    isNeeded: true,
  },
  'ticket-key': {
    ...write,
    claim: 'A new ticket shows its third_party_id_string in lists.',
    otherwise: 'No alert tickets are made, since one could be made twice.',
    isNeeded: true,
  },
  'ticket-search': {
    ...write,
    claim: 'A search finds a ticket by its third_party_id_string.',
    otherwise: 'The client’s tickets are listed and compared instead.',
    isNeeded: false,
  },
  'note-audience': {
    ...write,
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
  },
  'invoice-key': {
    ...write,
    claim: 'A new invoice keeps its reference.',
    otherwise: 'No invoices are made, since one could be made twice.',
    isNeeded: true,
  },
  'prepay-key': {
    ...write,
    claim: 'A pre-pay entry keeps its description.',
    otherwise: 'No pre-pay entries are made, since one could be made twice.',
    isNeeded: true,
  },
  'client-fields': {
    ...write,
    claim: 'Writing one custom field of a client leaves the others as they were.',
    otherwise: 'No balance is written into clients.',
    isNeeded: true,
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
    throw new KindError('config', `Not so on this Halo: ${facts[id].claim}`, {
      fix: `${facts[id].otherwise} After a change there, run check (or check --probe) again.`,
    });
  }
}

/** What is known about a fact, for `check`. */
export async function factResult(context: ConnectorContext, id: FactId): Promise<CheckResult> {
  const stored = await context.memory.get(`fact.${id}`);
  const { claim, otherwise, isNeeded, settledBy } = facts[id];
  const [answer, day] = (stored ?? '').split(' ');
  if (answer === 'yes') return { id: `fact.${id}`, status: 'ok', detail: `${claim} (seen ${day})` };
  if (answer === 'no') {
    const status = isNeeded ? 'failed' : 'warning';
    return { id: `fact.${id}`, status, detail: `Not so (seen ${day}): ${claim}`, fix: otherwise };
  }
  const fix =
    settledBy === 'writing'
      ? 'Run check --probe with a test client; else the first real case settles it.'
      : 'Nothing was there to see it by; check again once there is more in Halo.';
  return { id: `fact.${id}`, status: 'warning', detail: `Not settled yet: ${claim}`, fix };
}
