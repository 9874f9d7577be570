import type { Client } from '../../domain/agreements/terms.ts';
import type { UndoStore } from '../../store/port.ts';

export const undoneInvoiceFix = 'The next run that reads it as void or credited removes this line.';

/** Invoices that an undo left to be voided by hand, one sentence each, until that is done. */
export async function readUndoneNotices(
  store: Pick<UndoStore, 'readUndoneInvoices'>,
  clients: readonly Client[],
): Promise<string[]> {
  const names = new Map(clients.map(({ id, name }) => [id, name]));
  return (await store.readUndoneInvoices()).flatMap(
    ({ clientId, connection, runId, label, isPaid }) => {
      const name = names.get(clientId);
      if (name === undefined) return [];
      const state = isPaid ? 'was paid' : 'is still open';
      return [
        `${name}: invoice ${label} was taken back by undo ${runId} and ${state} in "${connection}": void or credit it there`,
      ];
    },
  );
}
