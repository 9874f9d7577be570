import type { Client } from '../../domain/agreements/terms.ts';
import { addDays, type DateText, startOfDay } from '../../domain/time.ts';
import { type AgreementDocument, buildAgreement } from '../../reports/agreement/document.ts';
import { readBlocksAsOf } from '../../reports/statement/blocks-as-of.ts';
import type { Acceptance, Block, Store } from '../../store/port.ts';
import type { App } from '../app/app.ts';

export type AgreementApp = Pick<App, 'config' | 'store' | 'clients' | 'now'>;

/**
 * The document that the client would be given, of that day: the same config, day and blocks give the
 * same bytes. Its version is the one that it will have once it is accepted.
 */
export async function draftAgreement(
  { config, store, clients }: AgreementApp,
  client: Client,
  datedOn: DateText,
): Promise<AgreementDocument> {
  const accepted = await listAccepted(store, client.id);
  const version = accepted.length + 1;
  const held = client.paidBy === null ? await readHeld(store, client, datedOn) : [];
  return buildAgreement({ config, clients }, client, { version, datedOn, held });
}

/** Oldest version first. */
export async function listAccepted(store: Store, clientId: string): Promise<Acceptance[]> {
  return (await store.listAcceptances()).filter((one) => one.clientId === clientId);
}

/** The client's blocks that had something left at the end of the day. */
async function readHeld(store: Store, client: Client, on: DateText): Promise<Block[]> {
  const at = startOfDay(addDays(on, 1), client.timezone);
  const sums = await store.readBalancesAt(client.id, at, at);
  const left = new Set(
    sums
      .filter(({ closingSeconds, closingMinor }) => closingSeconds > 0 || (closingMinor ?? 0) > 0)
      .map(({ blockId }) => blockId),
  );
  const blocks = [...(await readBlocksAsOf(store, [client.id], at)).values()];
  return blocks
    .filter(({ id, purchasedOn }) => left.has(id) && purchasedOn <= on)
    .filter(({ status, expiresOn }) => status === 'active' && (expiresOn ?? on) >= on)
    .sort((a, b) => (a.purchasedOn < b.purchasedOn ? -1 : 1));
}
