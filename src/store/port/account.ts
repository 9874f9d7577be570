import type { Account } from '../../domain/postings.ts';
import type { ClientLedger } from './debit.ts';

/** A working copy of a client's balances, for deciding a batch. */
export function accountFrom(ledger: ClientLedger): Account {
  return {
    clientId: ledger.clientId,
    overageSeconds: ledger.overageSeconds,
    blocks: ledger.blocks
      .filter((block) => block.status !== 'ordered')
      .map(({ id, priority, expiresOn, purchasedOn, remainingSeconds, status, workTypes }) => ({
        id,
        priority,
        expiresOn,
        purchasedOn,
        remainingSeconds,
        isActive: status === 'active',
        workTypes,
      })),
  };
}
