import type { PushMessages } from '../../src/contract/connector.ts';

/** A sale of one block of ten hours at 120 an hour. */
export function tenHours(
  clientId: string,
  key: string,
  change: Partial<PushMessages['invoice']> = {},
): PushMessages['invoice'] {
  return {
    key,
    clientId,
    offer: '10 hours',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_000,
    totalMinor: 120_000,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Prepaid hours',
    body: 'A block of 10 hours.',
    ...change,
  };
}
