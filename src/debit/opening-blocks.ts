import { sharersOf } from '../domain/agreements/shares.ts';
import type { Client, OpeningBlock } from '../domain/agreements/terms.ts';
import { asScheduled, isScheduled } from '../domain/blocks/validity.ts';
import { isKindError } from '../domain/errors.ts';
import { formatIn } from '../domain/format.ts';
import { blockIdOf } from '../domain/keys.ts';
import { type Account, payOffOverage } from '../domain/ledger/postings.ts';
import { creditPurchase } from '../domain/ledger/purchase.ts';
import { dateInZone, type Instant } from '../domain/time.ts';
import type {
  Block,
  BlockBalance,
  BlockEdit,
  BlockTerms,
  ClientLedger,
  ReplenishBatch,
} from '../store/port.ts';
import { accountFrom, emptyBatch } from '../store/port.ts';
import { beginBlocks } from './begin-blocks.ts';
import type { DebitContext } from './context.ts';
import { applyChange, isChanged, type OpeningChange, readAppliedTerms } from './opening-edits.ts';

/** A change to an opening block that cannot be applied. */
interface OpeningConflict {
  client: Client;
  applied: Block;
  /** Null: the config no longer lists it. */
  configured: Block | null;
  reason: string;
  fix: string;
}

interface OpeningOutcome {
  /** Blocks and changes of blocks. */
  applied: number;
  posted: number;
  conflicts: OpeningConflict[];
}

type OpeningContext = Pick<DebitContext, 'store' | 'clients' | 'runId' | 'at'>;

/**
 * Posts the config's opening blocks to the ledger, each once: the key is the client and the day
 * (and the position on that day). A size changed later is posted as an adjustment, a changed last
 * day is applied; any other change is reported and not applied.
 */
export async function applyOpeningBlocks(context: OpeningContext): Promise<OpeningOutcome> {
  const outcome: OpeningOutcome = { applied: 0, posted: 0, conflicts: [] };
  for (const decision of await decideAll(context)) {
    const { ledger, conflicts, ...changes } = decision;
    outcome.conflicts.push(...conflicts);
    const { blocks, blockEdits, blockTerms, blockPurposes, postings } = changes;
    const changed =
      [...blocks, ...blockTerms, ...blockPurposes].length +
      new Set(blockEdits.map(({ blockId }) => blockId)).size;
    if (changed === 0) continue;
    await context.store.writeReplenish({
      ...emptyBatch(context),
      expected: [{ clientId: ledger.clientId, clientSeq: ledger.clientSeq }],
      ...changes,
    });
    outcome.applied += changed;
    outcome.posted += postings.length;
  }
  const begun = await beginBlocks(context);
  outcome.applied += begun;
  outcome.posted += begun;
  return outcome;
}

/** Finds the changes that the next run would report and not apply. */
export async function findOpeningConflicts(
  context: Pick<OpeningContext, 'store' | 'clients' | 'at'>,
): Promise<OpeningConflict[]> {
  return (await decideAll(context)).flatMap(({ conflicts }) => conflicts);
}

interface Decision
  extends Required<
    Pick<ReplenishBatch, 'blocks' | 'blockEdits' | 'blockTerms' | 'blockPurposes' | 'postings'>
  > {
  ledger: ClientLedger;
  conflicts: OpeningConflict[];
}

async function decideAll({
  store,
  clients,
  at,
}: Pick<OpeningContext, 'store' | 'clients' | 'at'>): Promise<Decision[]> {
  const payers = clients.filter(({ paidBy }) => paidBy === null);
  const ids = payers.map((client) => client.id);
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  const byClient = new Map(ledgers.map((ledger) => [ledger.clientId, ledger]));
  const past = {
    undone: await store.readUndoneBlocks(ids),
    edits: await store.readBlockEdits(ids),
  };
  const decisions: Decision[] = [];
  for (const client of payers) {
    const ledger = byClient.get(client.id);
    if (ledger === undefined) continue;
    const comparison = compareBlocks(client, ledger, past);
    const account = accountFrom(ledger, sharersOf(clients));
    decisions.push(await decide(store, client, { ledger, account, comparison, at }));
  }
  return decisions;
}

async function decide(
  store: OpeningContext['store'],
  client: Client,
  {
    ledger,
    account,
    comparison,
    at,
  }: { ledger: ClientLedger; account: Account; comparison: Comparison; at: Instant },
): Promise<Decision> {
  const { fresh, changes, unlisted, purposes: blockPurposes } = comparison;
  const today = dateInZone(at, client.timezone);
  const blocks = fresh.map((block) => asScheduled(block, today));
  const postings = blocks
    .filter(({ status }) => status === 'active')
    .map((block) => creditPurchase(account, block, 'opening'));
  const blockEdits: BlockEdit[] = [];
  const blockTerms: BlockTerms[] = [];
  const conflicts: OpeningConflict[] = [];
  const expiries = changes.length === 0 ? [] : await store.readLiveExpiries([client.id]);
  for (const change of changes) {
    try {
      const applied = applyChange(account, ledger.blocks, change, {
        expiries,
        today,
        format: formatIn(client),
      });
      postings.push(...applied.postings);
      blockEdits.push(...applied.edits);
      blockTerms.push(...applied.terms);
    } catch (error) {
      if (!isKindError(error, 'config')) throw error;
      const { message: reason, fix = '' } = error;
      conflicts.push({ client, ...change, reason, fix });
    }
  }
  for (const applied of unlisted) {
    const reason = 'It is no longer in the config.';
    const fix = `Restore the line, or withdraw what is left with \`prepaid-hours block void ${applied.id}\`.`;
    conflicts.push({ client, applied, configured: null, reason, fix });
  }
  if (postings.length > 0) {
    postings.push(...payOffOverage(account, await store.readOpenOverage(client.id)));
  }
  return { ledger, blocks, blockEdits, blockTerms, blockPurposes, postings, conflicts };
}

interface Comparison {
  /** To be credited. */
  fresh: Block[];
  /** Changed in the config. */
  changes: OpeningChange[];
  /** Of another purpose now, which changes no hours. */
  purposes: Pick<Block, 'id' | 'onboarding'>[];
  /** Not empty, but no longer in the config. */
  unlisted: Block[];
}

/**
 * Compares the config with the applied blocks. A new date, while an applied block is no longer
 * listed, counts as that block with its date corrected. An undone block is opened again as
 * currently configured.
 */
export function compareBlocks(
  client: Client,
  ledger: ClientLedger,
  { undone, edits }: { undone: ReadonlySet<string>; edits: readonly BlockEdit[] },
): Comparison {
  const wanted = client.openingBlocks.map((block, index) => toBlock(client, block, index));
  const keys = new Set(wanted.map((block) => block.key));
  const known = new Map(ledger.blocks.map((block) => [block.key, block]));
  const unlisted = ledger.blocks.filter(
    ({ source, key, status }) =>
      source === 'opening' && status !== 'void' && !keys.has(key.replace(/:again-\d+$/, '')),
  );
  const fresh: Block[] = [];
  const changes: OpeningChange[] = [];
  for (const block of wanted) {
    const applied = known.get(keysInTurn(known, block.key).last) ?? unlisted.shift();
    if (applied === undefined) fresh.push(block);
    else if (undone.has(applied.id)) fresh.push(asNext(block, known));
    else changes.push({ applied, configured: block, known: readAppliedTerms(applied, edits) });
  }
  const purposes = changes.flatMap(({ applied: { id, onboarding: before }, configured }) => {
    const { onboarding } = configured;
    if (onboarding?.followedBy === before?.followedBy) return [];
    return [onboarding === undefined ? { id } : { id, onboarding }];
  });
  const isLeft = (block: BlockBalance) =>
    isScheduled(block) || (block.remainingMinor ?? block.remainingSeconds) > 0;
  return {
    fresh,
    changes: changes.filter(isChanged),
    purposes,
    unlisted: unlisted.filter(isLeft),
  };
}

/** Keys are used once. After an undo, the next key of `opening:…:1` is `opening:…:1:again-1`. */
function keysInTurn(
  known: ReadonlyMap<string, Block>,
  key: string,
): { last: string; next: string } {
  let last = key;
  for (let round = 1; ; round += 1) {
    const next = `${key}:again-${round}`;
    if (!known.has(next)) return { last, next };
    last = next;
  }
}

function asNext(block: Block, known: ReadonlyMap<string, Block>): Block {
  const { next: key } = keysInTurn(known, block.key);
  return { ...block, id: blockIdOf(key), key };
}

function toBlock(client: Client, block: OpeningBlock, index: number): Block {
  const sameDay = client.openingBlocks.slice(0, index);
  const place = sameDay.filter((one) => one.purchasedOn === block.purchasedOn).length + 1;
  const key = `opening:${client.id}:${block.purchasedOn}:${place}`;
  return {
    ...block,
    id: blockIdOf(key),
    key,
    clientId: client.id,
    source: 'opening',
    offer: null,
    status: 'active',
    activate: 'at-once',
    invoiceKey: null,
  };
}
