import type { Instant } from '../../domain/time.ts';
import type { Block, Store } from '../../store/port.ts';

/** The clients' blocks by ID, with their last days as of that time. */
export async function readBlocksAsOf(
  store: Store,
  clientIds: readonly string[],
  at: Instant,
): Promise<Map<string, Block>> {
  const ledgers = await store.readLedgers(clientIds, { isAllBlocks: true });
  const blocks = new Map<string, Block>(
    ledgers.flatMap((ledger) => ledger.blocks).map((block) => [block.id, block]),
  );
  const later = (await store.readBlockEdits(clientIds)).filter(({ editedAt }) => editedAt >= at);
  for (const { blockId, expiresOnBefore } of later.reverse()) {
    const block = blocks.get(blockId);
    if (block !== undefined) blocks.set(blockId, { ...block, expiresOn: expiresOnBefore });
  }
  return blocks;
}
