import { startOnOf } from '../../debit/context.ts';
import { firstDay } from '../../debit/post.ts';
import { type Replayed, replayMirror } from '../../debit/replay.ts';
import { familyOf, sharesIn } from '../../domain/agreements/shares.ts';
import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { demandOf } from '../../domain/blocks/allocation.ts';
import type { Simulated, SimulatedCharge } from '../../domain/thresholds/simulated.ts';
import { dueAtOf, simulate } from '../../domain/thresholds/simulation.ts';
import {
  addDays,
  type DateText,
  dateInZone,
  earliest,
  type Instant,
  startOfDay,
} from '../../domain/time.ts';
import type { WorkBlock, WorkCharge, WorkEntry } from '../../reports/leaks/work-history.ts';
import { readNameBook, type Store } from '../../store/port.ts';
import { placeOf, toWorkEntry } from './work-entry.ts';

interface PastRequest {
  asOf: Instant;
  firstRunAt: Instant;
  /** Whose work before the first day is charged; `every-client`: also without any block. */
  pastOf: 'every-client' | 'given-blocks';
}

interface PastWork {
  entries: WorkEntry[];
  charges: Map<string, WorkCharge>;
  blocks: WorkBlock[];
}

/**
 * Charges the mirrored work of before each client's first day by today's agreement, and lets the past
 * blocks pay for it by the same rules as the ledger. Read-only.
 */
export async function readPastWork(
  store: Store,
  clients: readonly Client[],
  request: PastRequest,
): Promise<Map<string, PastWork>> {
  const isAsked = (client: Client) =>
    request.pastOf === 'every-client' || payerOf(client).pastBlocks.length > 0;
  const found = new Map<string, PastWork>();
  if (!clients.some(isAsked)) return found;
  const startOn = new Map(clients.map((one) => [one.id, startOnOf(one, request.firstRunAt)]));
  const before = clients.map((client) => {
    const last = addDays(startOn.get(client.id) ?? '', -1);
    const { until } = client.agreement;
    const agreement = { ...client.agreement, until: until !== null && until < last ? until : last };
    const from = request.pastOf === 'every-client' ? '0000-01-01' : firstBlockDay(client);
    return { ...client, agreement, startOn: isAsked(client) ? from : '9999-12-31' };
  });
  for (const client of clients.filter(isAsked)) {
    found.set(client.id, { entries: [], charges: new Map(), blocks: toBlocks(payerOf(client)) });
  }
  const due: SimulatedCharge[] = [];
  const names = await readNameBook(store, clients);
  for await (const page of replayMirror(store, before, request.firstRunAt, names)) {
    for (const replayed of page) {
      addGroup(replayed, found, due, (id) => startOn.get(id) ?? '');
    }
  }
  payWithPastBlocks(clients, found, due, request.asOf);
  return found;
}

function firstBlockDay(client: Client): DateText {
  return earliest(payerOf(client).pastBlocks.map(({ purchasedOn }) => purchasedOn));
}

function addGroup(
  { groupKey, charge, members }: Replayed,
  found: ReadonlyMap<string, PastWork>,
  due: SimulatedCharge[],
  startOn: (clientId: string) => DateText,
): void {
  const id = `past:${groupKey}`;
  for (const member of members) {
    const { standing } = member;
    if (!('workedOn' in standing)) continue;
    const { workedOn, client } = standing;
    const work = found.get(client.id);
    const isBefore = 'reason' in standing && standing.reason === 'before-start';
    if (work === undefined || isBefore || workedOn >= startOn(client.id)) continue;
    const described = toWorkEntry(member, workedOn);
    const part = charge?.parts.find(({ entryId }) => entryId === member.entry.sourceId);
    if (standing.state === 'due' && part !== undefined) {
      work.entries.push({ ...described, ...placeOf(part), chargeId: id });
      if (charge !== null && !work.charges.has(id)) {
        work.charges.set(id, { facts: charge, workedOn: firstDay(charge), slices: [] });
        const demand = { ...demandOf(charge), workedOn: firstDay(charge), clientId: client.id };
        due.push({ id, dueAt: dueAtOf(charge), ...demand });
      }
    } else if ('reason' in standing) {
      const state = standing.state === 'pending' ? 'open' : 'outside';
      const isHeld = standing.reason === 'held-without-ticket';
      work.entries.push({
        ...described,
        state: isHeld ? 'set-aside' : state,
        reason: standing.reason,
      });
    }
  }
}

function payWithPastBlocks(
  clients: readonly Client[],
  found: ReadonlyMap<string, PastWork>,
  due: readonly SimulatedCharge[],
  asOf: Instant,
): void {
  for (const payer of clients.filter(({ paidBy }) => paidBy === null)) {
    const family = familyOf(payer, clients);
    const ids = new Set(family.map(({ id }) => id));
    const { timezone: zone } = payer;
    const blocks = toBlocks(payer);
    const simulated = simulate({
      charges: due.filter(({ clientId, seconds }) => ids.has(clientId) && seconds > 0),
      moves: blocks.map(({ id, purchasedOn, sold }) => {
        const moved = { at: startOfDay(purchasedOn, zone), workedOn: purchasedOn, minor: null };
        return { ...moved, kind: 'credit', blockId: id, seconds: sold };
      }),
      blocks: blocks.map((block) => ({ ...block, seconds: block.sold, amountMinor: null })),
      ...{ shares: sharesIn(family), rules: [], zone, until: asOf, pendingSeconds: 0 },
    });
    for (const { id } of family) applyPaid(found.get(id), simulated, payer, asOf);
  }
}

function applyPaid(
  work: PastWork | undefined,
  { paid, left }: Simulated,
  { timezone }: Client,
  asOf: Instant,
): void {
  if (work === undefined) return;
  for (const [id, charge] of work.charges) {
    const slices = (paid.get(id) ?? []).map(({ blockId, seconds, laterPaidAt: at }) => {
      return { blockId, seconds, paidLaterOn: at === null ? null : dateInZone(at, timezone) };
    });
    work.charges.set(id, { ...charge, slices });
  }
  const today = dateInZone(asOf, timezone);
  for (const block of work.blocks) {
    const isOver = block.expiresOn !== null && block.expiresOn < today;
    block.expiredSeconds = isOver ? (left.get(block.id) ?? 0) : 0;
  }
}

function toBlocks({ pastBlocks }: Client): (WorkBlock & { sold: number })[] {
  return pastBlocks.map(({ seconds, ...block }, index) => ({
    ...block,
    id: `past-${index + 1}`,
    sold: seconds,
    isMoney: false,
    priority: 0,
    workTypes: null,
    expiredSeconds: 0,
  }));
}
