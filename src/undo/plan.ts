import { sharersOf } from '../domain/agreements/shares.ts';
import { KindError } from '../domain/errors.ts';
import { signedSeconds } from '../domain/ledger/ledger.ts';
import { takeUpEnded } from '../domain/ledger/postings.ts';
import { billingTerms, undoneNote } from '../domain/ledger/undo.ts';
import type { PushMessages } from '../domain/records/messages.ts';
import type { Charge, ChargeGroup, ClientLedger, RunTraces, UndoBatch } from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import { type BlockUndo, undoBlocks } from './blocks.ts';
import { type Books, payWithFreedHours, reverseIn, spendAgain } from './books.ts';
import { type ChargeUndo, type ChargeUndoes, findChargeUndoes } from './charges.ts';
import type { UndoContext } from './context.ts';
import { undoMessages } from './messages.ts';
import { restoreCharge, toGroup, toRevisions } from './revisions.ts';

/**
 * Decides what undoing the run does, in one batch, on the current ledger. Throws `config` with the
 * complete list if later runs must be undone first.
 */
export async function planUndo(context: UndoContext): Promise<UndoBatch> {
  const { store, clients, run, undoRunId: runId, at, rulesSince } = context;
  const traces = await store.readRunTraces(run.id);
  const charges = await findChargeUndoes(context, traces.groupKeys);
  const { books, ledgers, blocks, revisions, groups } = await decide(context, traces, charges);
  refuse(context, [
    ...traces.paidKeys.map(paidConflict),
    ...charges.conflicts,
    ...blocks.conflicts,
    ...heldConflicts(context, books),
  ]);
  const touched = new Set([...books.postings, ...revisions].map(({ clientId }) => clientId));
  const messages = undoMessages(traces.messages, clients, touched);
  return {
    at,
    runId,
    undoes: run,
    expected: ledgers.filter(({ clientId }) => touched.has(clientId)),
    charges: revisions,
    postings: books.postings,
    groups,
    entryGroups: charges.entryGroups,
    blockStatuses: [
      ...blocks.voidedIds.map((blockId) => ({ blockId, status: 'void' as const })),
      ...blocks.reopenedIds.map((blockId) => ({ blockId, status: 'active' as const })),
    ],
    undoneBlockIds: blocks.voidedIds,
    ...messages,
    heldBillings: heldBillings(traces),
    isOutdated: rulesSince !== null && run.startedAt < rulesSince,
    kept: [...charges.kept, ...blocks.kept],
  };
}

interface Decided {
  books: Books;
  ledgers: ClientLedger[];
  blocks: BlockUndo;
  revisions: Charge[];
  groups: ChargeGroup[];
}

/**
 * Reverses everything first, then restores what was there before, so that nothing becomes overage
 * while hours are free.
 */
async function decide(
  context: UndoContext,
  traces: RunTraces,
  { changes }: ChargeUndoes,
): Promise<Decided> {
  const { store, clients, run } = context;
  const standing = changes.flatMap((change) => change.standing ?? []);
  const earlier = changes.flatMap((change) => change.earlier ?? []);
  const slices = await store.readLiveSlices(standing.map(({ id }) => id));
  const earlierSlices = await store.readChargeEntries(earlier.map(({ id }) => id));
  const credited = traces.entries.filter(({ side }) => side === 'credit');
  const blockIds = [...traces.blocks, ...credited].flatMap((one) =>
    'blockId' in one ? (one.blockId ?? []) : one.id,
  );
  const blockEntries = await store.readBlockEntries([...new Set(blockIds)]);
  const named = [...standing, ...earlier, ...slices, ...earlierSlices, ...traces.entries];
  const clientIds = new Set([...named, ...blockEntries].map(({ clientId }) => clientId));
  const ledgers = await store.readLedgers([...clientIds], { isAllBlocks: true });
  const sharers = sharersOf(clients);
  const books: Books = {
    accounts: new Map(ledgers.map((ledger) => [ledger.clientId, accountFrom(ledger, sharers)])),
    postings: [],
    reversed: new Set(),
    note: undoneNote(run.id),
  };
  reverseIn(books, slices);
  const blocks = undoBlocks(books, {
    runId: run.id,
    entries: traces.entries,
    blocks: traces.blocks,
    blockEntries,
    sellers: new Map(traces.soldBy.map((sale) => [sale.blockId, sale.runId])),
  });
  const revisions = await restore(context, books, changes, earlierSlices);
  const moved = [...new Set(blocks.moved.flatMap(({ chargeId }) => chargeId ?? []))];
  const charges = new Map((await store.readCharges(moved)).map((charge) => [charge.id, charge]));
  spendAgain(books, blocks.moved, charges, await store.readLiveSlices(moved));
  await payWithFreedHours(store, books);
  return { books, ledgers, blocks, revisions, groups: changes.map(toGroup) };
}

async function restore(
  { store }: UndoContext,
  books: Books,
  changes: readonly ChargeUndo[],
  earlierSlices: Awaited<ReturnType<UndoContext['store']['readChargeEntries']>>,
): Promise<Charge[]> {
  const byCharge = Map.groupBy(earlierSlices, ({ chargeId }) => chargeId ?? '');
  const payers = [...new Set(earlierSlices.map(({ clientId }) => clientId))];
  const live = await store.readLiveExpiries(payers);
  const expiries = Map.groupBy(
    live.filter(({ key }) => !books.reversed.has(key)),
    ({ clientId }) => clientId,
  );
  const revisions: Charge[] = [];
  for (const change of changes) {
    const added = toRevisions(change);
    revisions.push(...added);
    const restored = change.earlier === null ? undefined : added.at(-1);
    const first = byCharge.get(change.earlier?.id ?? '')?.[0];
    if (restored === undefined || first === undefined) continue;
    const { account, demand, postings } = restoreCharge(books, restored, first);
    const ended = expiries.get(account.clientId) ?? [];
    books.postings.push(...takeUpEnded(account, demand, ended), ...postings());
  }
  return revisions;
}

function refuse({ run }: UndoContext, conflicts: readonly string[]): void {
  if (conflicts.length === 0) return;
  const shown = conflicts.slice(0, 20);
  const more =
    conflicts.length > shown.length ? [`… and ${conflicts.length - shown.length} more.`] : [];
  throw new KindError(
    'config',
    [`Run ${run.id} cannot be undone yet:`, ...shown, ...more].join('\n'),
    { fix: 'Resolve these first; nothing was changed.' },
  );
}

function paidConflict(key: string): string {
  return `Invoice ${key} is paid, or its charge is under way: first credit it in the PSA, or refund the charge, then run \`prepaid-hours run pull\`.`;
}

/** If the agreement holds work that blocks cannot pay, nothing may become overage. */
function heldConflicts({ clients }: UndoContext, { postings }: Books): string[] {
  const holding = new Map(
    clients
      .filter(({ agreement }) => agreement.overage === 'hold')
      .map(({ id, name }) => [id, name] as const),
  );
  const short = new Map<string, number>();
  for (const posting of postings) {
    if (posting.blockId !== null || !holding.has(posting.clientId)) continue;
    const before = short.get(posting.clientId) ?? 0;
    short.set(posting.clientId, before - signedSeconds(posting));
  }
  return [...short]
    .filter(([, seconds]) => seconds > 0)
    .map(
      ([clientId]) =>
        `${holding.get(clientId)} would be left with overage, but its agreement holds such work: first undo the later runs that debited it.`,
    );
}

/** Hours whose bill is withdrawn are not billed again on the same terms. */
function heldBillings({ blocks, messages }: RunTraces): UndoBatch['heldBillings'] {
  return blocks.flatMap(({ source, clientId, invoiceKey, rateMinor, currency }) => {
    const bill = messages.find(({ key }) => key === invoiceKey);
    if (source !== 'overage' || bill === undefined) return [];
    const { product } = JSON.parse(bill.payload) as PushMessages['invoice'];
    return [{ clientId, terms: billingTerms({ rateMinor, currency, product }) }];
  });
}
