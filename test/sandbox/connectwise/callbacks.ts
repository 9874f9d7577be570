/** What ConnectWise posts to registered callbacks: signed, sometimes twice, in any order, or never. */
import { createHash, createHmac } from 'node:crypto';
import type { Change } from './records.ts';
import type { ConnectwiseState } from './state.ts';

export const signingKey = 'callback-signing-key-é-0123456789';
export const keyPath = '/login/callbackkeys/7';

export interface CallbackDelivery {
  /** Posted so often each. Default: 1. */
  times?: number;
  /** Default: as they happened. */
  order?: 'reversed';
  /** Which of them arrive. Default: all. */
  arrives?: (index: number) => boolean;
}

export interface CallbackBody {
  Type: string;
  Action: string;
  ID: number;
  Entity: string | null;
  Metadata: { key_url: string };
}

const tablesByType = {
  ticket: 'tickets',
  time: 'timeEntries',
  invoice: 'invoices',
  agreement: 'agreements',
} as const;

/** Everything that changed since the last call goes to whoever registered for it. The answers' statuses. */
export async function deliverCallbacks(
  state: ConnectwiseState,
  baseUrl: string,
  { times = 1, order, arrives = () => true }: CallbackDelivery = {},
): Promise<number[]> {
  const bodies = takeChanges(state).map(
    ({ type, action, id, row }): CallbackBody => ({
      Type: type,
      Action: action,
      ID: id,
      Entity: action === 'deleted' ? null : JSON.stringify(row),
      Metadata: { key_url: `${baseUrl}${keyPath}` },
    }),
  );
  const once = (order === 'reversed' ? bodies.reverse() : bodies).filter((_, index) =>
    arrives(index),
  );
  const statuses: number[] = [];
  for (const body of Array.from({ length: times }, () => once).flat()) {
    for (const { url } of state.tables.callbacks.list((row) => row.type === body.Type)) {
      statuses.push(await post(`${String(url)}${body.ID}`, JSON.stringify(body)));
    }
  }
  return statuses;
}

export async function post(url: string, body: string, signature = signatureOf(body)) {
  const headers = { 'content-type': 'application/json', 'x-content-signature': signature };
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

export function signatureOf(body: string, key = signingKey): string {
  const bytes = createHash('sha256').update(key, 'utf8').digest();
  return createHmac('sha256', bytes).update(body, 'utf8').digest('base64');
}

function takeChanges({ tables }: ConnectwiseState): (Change & { type: string })[] {
  const all = Object.entries(tablesByType).flatMap(([type, name]) =>
    tables[name].changes.splice(0).map((change) => ({ ...change, type })),
  );
  return all.sort((one, other) => one.at - other.at);
}
