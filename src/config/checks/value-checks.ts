import { amountFromText } from '../../domain/money.ts';
import { atValue, type Path, type Problem } from '../fault.ts';
import { keyed, listed, textAt, valueAt } from '../read/raw.ts';
import { isCurrency, isDay } from '../schema/fields.ts';
import { effectiveTerms } from './client-checks.ts';

/** Amounts must fit their currency, and offers must be priced in the client's currency. */
export function moneyFaults(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const fileCurrency = textAt(raw, 'currency');
  const checkRate = (path: Path, currency: string | null) => {
    const rate = textAt(raw, ...path);
    if (rate === null || !/^\d+(\.\d+)?$/.test(rate) || currency === null || !isCurrency(currency))
      return;
    try {
      amountFromText(rate, currency);
    } catch {
      const message = `${rate} has more decimals than ${currency} allows, or is too large; round it to the currency's smallest unit`;
      problems.push(atValue(path, message));
    }
  };
  const offerCurrency = (name: string) => textAt(raw, 'offers', name, 'currency') ?? fileCurrency;
  for (const [name] of keyed(valueAt(raw, ['offers']))) {
    for (const key of ['rate', 'amount']) checkRate(['offers', name, key], offerCurrency(name));
  }
  for (const key of ['perDay', 'perMonth']) checkRate(['recharge', key], fileCurrency);
  for (const [name] of keyed(valueAt(raw, ['agreements']))) {
    for (const path of ratePaths(raw, ['agreements', name])) checkRate(path, fileCurrency);
  }
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const currency = textAt(client, 'currency') ?? fileCurrency;
    for (const list of ['openingBlocks', 'pastBlocks']) {
      for (const [number, block] of listed(valueAt(client, [list])).entries()) {
        for (const key of ['rate', 'amount']) {
          const path = ['clients', index, list, number, key];
          checkRate(path, textAt(block, 'currency') ?? currency);
        }
      }
    }
    for (const path of ratePaths(raw, ['clients', index, 'overrides'])) checkRate(path, currency);
    for (const key of currency === fileCurrency ? [] : inheritedAmounts(raw, client)) {
      const message = `${key} of the agreement is in ${fileCurrency}, but this client pays in ${currency}; set it in overrides`;
      problems.push(atValue(['clients', index, 'agreement'], message));
    }
    const own = valueAt(client, ['overrides', 'replenish']);
    for (const [rule, entry] of listed(effectiveTerms(raw, client).replenish).entries()) {
      const name = textAt(entry, 'offer');
      if (name === null || valueAt(raw, ['offers', name]) === undefined) continue;
      const priced = offerCurrency(name);
      if (priced === null || currency === null || priced === currency) continue;
      const start = ['clients', index];
      const path =
        own === undefined
          ? [...start, 'agreement']
          : [...start, 'overrides', 'replenish', rule, 'offer'];
      const message = `offer "${name}" is priced in ${priced}, but this client pays in ${currency}; use an offer in ${currency}`;
      problems.push(atValue(path, message));
    }
  }
  return problems;
}

/** Amounts that the client has from its agreement: overrides keep each key that they do not name. */
function inheritedAmounts(raw: unknown, client: unknown): string[] {
  const terms = effectiveTerms(raw, client);
  const isInherited = (path: Path) =>
    textAt(terms, ...path) !== null && textAt(client, 'overrides', ...path) === null;
  return ratePaths(terms, []).flatMap((path) => (isInherited(path) ? path.join('.') : []));
}

const rechargeAmounts = ['autopayUpTo', 'perCharge', 'perDay', 'perMonth'];

/** Paths of the amounts in an agreement or in a client's overrides. */
function ratePaths(raw: unknown, terms: Path): Path[] {
  const rates = keyed(valueAt(raw, [...terms, 'rates', 'workTypes']));
  const rules = listed(valueAt(raw, [...terms, 'replenish']));
  return [
    [...terms, 'overage', 'invoice', 'rate'],
    [...terms, 'rates', 'hour'],
    ...rechargeAmounts.map((key) => [...terms, 'recharge', key]),
    ...rates.map(([name]) => [...terms, 'rates', 'workTypes', name]),
    ...[...rules.keys()].map((index) => [...terms, 'replenish', index, 'when', 'amountLeft']),
  ];
}

/** A block must end after it starts. */
export function blockDateFaults(raw: unknown): Problem[] {
  return listed(valueAt(raw, ['clients'])).flatMap((client, index) =>
    ['openingBlocks', 'pastBlocks'].flatMap((list) =>
      listed(valueAt(client, [list])).flatMap((block, number) => {
        const from = textAt(block, 'purchasedOn');
        const to = textAt(block, 'expiresOn');
        if (from === null || to === null || !isDay(from) || !isDay(to) || to >= from) return [];
        const path = ['clients', index, list, number, 'expiresOn'];
        const message = `expires on ${to}, before its purchase on ${from}; use a later date`;
        return [atValue(path, message)];
      }),
    ),
  );
}

const steps: readonly string[] = ['pull', 'debit', 'replenish', 'push', 'sweep', 'reconcile'];

/** Cron expressions that the scheduler understands. */
export function scheduleFaults(raw: unknown, isCron: (text: string) => boolean): Problem[] {
  const ofSteps = [...steps, 'publish'].map((step) => ['schedule', step]);
  return [...ofSteps, ['schedule', 'backup', 'cron']].flatMap((path) => {
    const text = valueAt(raw, path);
    if (typeof text !== 'string' || isCron(text)) return [];
    const message = `"${text}" is not a valid cron expression; use minute hour day month weekday, such as "*/10 * * * *"`;
    return [atValue(path, message)];
  });
}
