import type { Agreement, Offer, Onboarding, Share } from '../domain/agreements/terms.ts';
import { toFormatOptions } from '../domain/format.ts';
import { amountFromText } from '../domain/money.ts';
import { type Named, toAgreement, unreachable } from './build-agreement.ts';
import { effectiveTerms, pushTarget } from './checks/client-checks.ts';
import type { ConfiguredClient, Sender } from './loaded.ts';
import { keyed, listed, valueAt } from './read/raw.ts';
import { toBusinessHours } from './schema/business-hours.ts';
import type { ConfigFile } from './schema/schema.ts';

/** The terms of a valid file, with every name resolved. */
interface BuiltTerms {
  offers: Map<string, Offer>;
  agreements: Map<string, Agreement>;
  clients: ConfiguredClient[];
}

/** `raw` is what `file` was parsed from; a client's overrides are merged into the raw agreement. */
export function buildTerms(file: ConfigFile, raw: unknown): BuiltTerms {
  const offers = new Map(
    Object.entries(file.offers).map(([name, offer]) => [name, toOffer(name, offer, file)]),
  );
  const calendars = new Map(
    Object.entries(file.businessHours).map(([name, calendar]) => [
      name,
      toBusinessHours(name, calendar),
    ]),
  );
  const named = { file, offers, calendars };
  const agreements = keyed(valueAt(raw, ['agreements'])).map(
    ([name, terms]): [string, Agreement] => {
      return [name, toAgreement(name, terms, { ...named, currency: file.currency })];
    },
  );
  const rawClients = listed(valueAt(raw, ['clients']));
  const payers = new Set(file.clients.map(({ paidBy }) => paidBy));
  const whole: Whole = { file, raw, named, shared: new Map(), payers };
  const clients = file.clients.map((client, index) => toClient(client, rawClients[index], whole));
  return { offers, agreements: new Map(agreements), clients };
}

export function toSender(sender: ConfigFile['sender'], logo: string | null): Sender | null {
  if (sender === undefined) return null;
  const { name, address, email = null, phone = null, website = null } = sender;
  return { name, address, email, phone, website, logo };
}

function toOffer(name: string, offer: ConfigFile['offers'][string], file: ConfigFile): Offer {
  const currency = offer.currency ?? file.currency;
  return {
    name,
    ...toSize(offer, currency),
    currency,
    validForMonths: offer.validFor ?? null,
    workTypes: offer.workTypes ?? null,
    product: offer.product ?? null,
    productUnit: offer.productUnit,
    maxPerSale: offer.maxPerSale,
    ...toPurpose(offer),
  };
}

function toPurpose({ followedBy }: { followedBy?: string | undefined }): {
  onboarding?: Onboarding;
} {
  return followedBy === undefined ? {} : { onboarding: { followedBy } };
}

/** Hours at a rate, or money. */
function toSize(
  block: { hours?: number | undefined; rate?: string | undefined; amount?: string | undefined },
  currency: string,
): Pick<Offer, 'seconds' | 'amountMinor' | 'rateMinor'> {
  const { hours = 0, rate = '0', amount } = block;
  const amountMinor = amount === undefined ? null : amountFromText(amount, currency);
  return { seconds: hours, amountMinor, rateMinor: amountFromText(rate, currency) };
}

interface Whole {
  file: ConfigFile;
  raw: unknown;
  named: Named;
  /** Agreements that clients have without overrides, by name and currency. */
  shared: Map<string, Agreement>;
  /** Names of the clients that pay for others. */
  payers: ReadonlySet<string | undefined>;
}

/** Most clients have no terms of their own: these are read once. */
function agreementOf(
  { agreement, overrides }: ConfigFile['clients'][number],
  rawClient: unknown,
  currency: string,
  { raw, named, shared }: Pick<Whole, 'raw' | 'named' | 'shared'>,
): Agreement {
  const key = JSON.stringify([agreement, currency]);
  const known = overrides === undefined ? shared.get(key) : undefined;
  if (known !== undefined) return known;
  const made = toAgreement(agreement, effectiveTerms(raw, rawClient), { ...named, currency });
  if (overrides === undefined) shared.set(key, made);
  return made;
}

function toClient(
  client: ConfigFile['clients'][number],
  rawClient: unknown,
  { file, raw, named, shared, payers }: Whole,
): ConfiguredClient {
  const currency = client.currency ?? file.currency;
  const firstPurchase = client.openingBlocks.map((block) => block.purchasedOn).toSorted()[0];
  return {
    name: client.name,
    sourceIds: new Map(Object.entries(client.ids)),
    formerIds: new Map(Object.entries(client.formerIds)),
    agreement: agreementOf(client, rawClient, currency, { raw, named, shared }),
    timezone: client.timezone ?? file.timezone,
    ...toFormatOptions(client.locale ?? file.locale, file.durations),
    currency,
    startOn: client.startOn ?? firstPurchase ?? null,
    movedOn: new Map(Object.entries(client.movedOn)),
    pushTo: pushTarget(raw, rawClient) ?? unreachable('a client has no connection to push to'),
    paidBy: client.paidBy === undefined ? null : { name: client.paidBy },
    isSharing: client.paidBy !== undefined || payers.has(client.name),
    share: toShare(client.share),
    openingBlocks: client.openingBlocks.map((block) => ({
      ...toSize(block, block.currency ?? currency),
      currency: block.currency ?? currency,
      purchasedOn: block.purchasedOn,
      expiresOn: block.expiresOn ?? null,
      priority: block.priority,
      workTypes: block.workTypes ?? null,
      ...toPurpose(block),
    })),
    pastBlocks: client.pastBlocks.map(({ hours, rate, purchasedOn, expiresOn = null }) => {
      const rateMinor = amountFromText(rate, currency);
      return { seconds: hours, rateMinor, currency, purchasedOn, expiresOn };
    }),
  };
}

function toShare(share: ConfigFile['clients'][number]['share']): Share | null {
  if (share?.percent !== undefined) return { percent: share.percent };
  return share?.hours === undefined ? null : { seconds: share.hours };
}
