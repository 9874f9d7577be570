import { dateInZone, type Instant } from '../../domain/time.ts';
import { byHand, type ManualApp, writeEntry } from './by-hand.ts';

export interface MarkRequest {
  clientId: string;
  /** When an admin marked them; a rehearsal that is rebuilt keeps it. */
  at: Instant;
  levels: readonly MarkedLevel[];
}

export interface MarkedLevel {
  threshold: string;
  /** Of the episode that would have been sent. */
  number: number;
  /** Pending work when it was reached. */
  pendingSeconds: number;
}

/**
 * Treats reached levels as told, so that nothing is sent for them: like any level that was told, one
 * fires again once hours were bought or given and used since. The ledger stays as it is.
 */
export async function markTold(
  app: ManualApp,
  request: MarkRequest,
  runId?: string,
): Promise<void> {
  const { clientId, at, levels } = request;
  const entry = { command: 'mark told', clientId, request, runId } as const;
  await byHand(app, entry, async (scope) => {
    const { client, ledger, format } = scope;
    const note = `Marked as told on ${format.day(dateInZone(at, client.timezone))}.`;
    const episodes = levels.map((level) => ({
      clientId,
      ...level,
      isFired: true,
      firedAt: at,
      // Of the account as stored: what is debited later is use, and re-arms nothing.
      firedClientSeq: ledger.clientSeq,
      firedMode: 'marked' as const,
    }));
    await writeEntry(scope, { episodes, marked: [{ clientId, note }] });
  });
}
