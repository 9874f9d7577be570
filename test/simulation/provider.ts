/** What the auditor sees of a payment provider: its own charges. */

export interface ProviderCharge {
  id: string;
  key: string;
  /** The number of the PSA's invoice that it was made for. */
  invoice: string | null;
  amountMinor: number;
  reversedMinor: number;
  status: 'submitted' | 'succeeded' | 'failed';
  failure: 'funds' | 'account' | 'other' | null;
  createdMs: number;
}

export type RejectedCharge = Pick<ProviderCharge, 'key' | 'invoice' | 'createdMs'>;

export interface Provider {
  readonly charges: readonly ProviderCharge[];
  /** What it was asked for and refused. */
  readonly rejected: readonly RejectedCharge[];
}

/** All that was asked of a provider for one invoice. */
export interface Attempts {
  charges: readonly ProviderCharge[];
  /** Refused, and not charged under the same key after all. */
  rejected: readonly RejectedCharge[];
}

export function attemptsFor(provider: Provider | null, invoiceId: string | undefined): Attempts {
  if (provider === null || invoiceId === undefined) return { charges: [], rejected: [] };
  const charges = provider.charges.filter(({ invoice }) => invoice === invoiceId);
  const keys = new Set(charges.map(({ key }) => key));
  const rejected = new Map(
    provider.rejected
      .filter(({ key, invoice }) => invoice === invoiceId && !keys.has(key))
      .map((one) => [one.key, one]),
  );
  return { charges, rejected: [...rejected.values()] };
}

export function collectedMinor({ charges }: Attempts): number {
  return charges
    .filter(({ status }) => status === 'succeeded')
    .reduce((sum, { amountMinor, reversedMinor }) => sum + amountMinor - reversedMinor, 0);
}

/** After so many attempts, a person decides about one that lacked funds, too. */
const attemptsMax = 3;

/** Declines after which it is charged again, and those that are final. */
export function declinesIn({ charges, rejected }: Attempts): { again: number; final: number } {
  const numbered = charges.map((charge, index) => {
    const before = rejected.filter(({ createdMs }) => createdMs < charge.createdMs);
    return { ...charge, number: index + 1 + before.length };
  });
  const failed = numbered.filter(({ status }) => status === 'failed');
  const again = failed.filter(({ failure, number }) => failure === 'funds' && number < attemptsMax);
  return { again: again.length, final: failed.length - again.length + rejected.length };
}
