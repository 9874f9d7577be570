import type { VendorBlock } from '../contract/connector.ts';
import { familyOf } from '../domain/agreements/shares.ts';
import { type Client, payerOf } from '../domain/agreements/terms.ts';
import {
  clientFinder,
  type Found,
  type ReconcileContext,
  type ReconcileOutcome,
  refuseStopped,
  sourceIdsOf,
} from './context.ts';
import { keepFound } from './found.ts';

/** What is left in the vendor's native blocks of all clients that one of ours pays for. */
interface Native {
  payer: Client;
  names: string[];
  seconds: number;
}

/** There are only a few rows per client, so all are kept in memory, like the clients. */
export async function compareBlocks(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
): Promise<void> {
  const { blocks } = context.connector.pull;
  if (blocks === undefined) return;
  // If the payer also pays for clients that are not compared, the sum would be too small.
  const isWhole = (client: Client) =>
    familyOf(payerOf(client), context.allClients).every(
      (member) => !member.sourceIds.has(context.connection) || context.clients.includes(member),
    );
  const clientOf = clientFinder(context.clients.filter(isWhole), context.connection);
  const natives = new Map<string, Native>();
  for await (const page of blocks(sourceIdsOf(context), context.signal)) {
    refuseStopped(context);
    outcome.rows += page.rows.length + page.rejected.length;
    for (const block of page.rows) {
      const client = clientOf(block.clientId);
      if (client !== undefined) addBlock(natives, payerOf(client), block);
    }
    await keepFound(context, outcome, page.rejected.map(unreadable));
  }
  await keepFound(context, outcome, await balanceDifferences(context, [...natives.values()]));
}

function unreadable({ sourceId, reason }: { sourceId: string; reason: string }): Found {
  const ours = 'nothing to compare';
  return {
    kind: 'block-balance',
    subject: `agreement ${sourceId}`,
    clientId: null,
    ours,
    theirs: reason,
  };
}

function addBlock(natives: Map<string, Native>, payer: Client, block: VendorBlock): void {
  const native = natives.get(payer.id) ?? { payer, names: [], seconds: 0 };
  native.names.push(block.name);
  native.seconds += block.remainingSeconds;
  natives.set(payer.id, native);
}

/**
 * The vendor debits an hour as soon as it is entered, so pending work is subtracted from our
 * balance too.
 */
async function balanceDifferences(
  { store, allClients, format }: ReconcileContext,
  natives: readonly Native[],
): Promise<Found[]> {
  const families = natives.map(({ payer }) => familyOf(payer, allClients).map(({ id }) => id));
  const ledgers = await store.readLedgers(natives.map(({ payer }) => payer.id));
  const pending = await store.readPending([...new Set(families.flat())]);
  return natives.flatMap(({ payer, names, seconds }, index): Found[] => {
    const ledger = ledgers.find(({ clientId }) => clientId === payer.id);
    const settled = (ledger?.blocks ?? [])
      .filter(({ status }) => status === 'active')
      .reduce((sum, block) => sum + block.remainingSeconds, 0);
    const open = (families[index] ?? []).reduce((sum, id) => sum + (pending.get(id) ?? 0), 0);
    const ours = settled - (ledger?.overageSeconds ?? 0) - open;
    if (ours === seconds) return [];
    const clientId = payer.id;
    const subject = `agreement ${names.toSorted().join(', ')} of ${payer.name}`;
    const texts = { ours: format.duration(ours), theirs: format.duration(seconds) };
    return [{ kind: 'block-balance', subject, clientId, ...texts }];
  });
}
