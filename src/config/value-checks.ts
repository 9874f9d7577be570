import { minorFromText } from '../domain/money.ts';
import { effectiveTerms } from './client-checks.ts';
import { atValue, type Path, type Problem } from './fault.ts';
import { isCurrency, isDay } from './fields.ts';
import { keyed, listed, textAt, valueAt } from './raw.ts';

/** Amounts fit their currency, and a client is only sold what is priced in the client's. */
export function moneyFaults(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const fileCurrency = textAt(raw, 'currency');
  const checkRate = (path: Path, currency: string | null) => {
    const rate = textAt(raw, ...path);
    if (rate === null || !/^\d+(\.\d+)?$/.test(rate) || currency === null || !isCurrency(currency))
      return;
    try {
      minorFromText(rate, currency);
    } catch {
      const message = `${rate} has more decimals than ${currency}, or is too large; write a whole number of its smallest coins`;
      problems.push(atValue(path, message));
    }
  };
  const offerCurrency = (name: string) => textAt(raw, 'offers', name, 'currency') ?? fileCurrency;
  for (const [name] of keyed(valueAt(raw, ['offers']))) {
    checkRate(['offers', name, 'rate'], offerCurrency(name));
  }
  for (const [name] of keyed(valueAt(raw, ['agreements']))) {
    checkRate(['agreements', name, 'overage', 'invoice', 'rate'], fileCurrency);
  }
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const currency = textAt(client, 'currency') ?? fileCurrency;
    for (const [number, block] of listed(valueAt(client, ['openingBlocks'])).entries()) {
      checkRate(
        ['clients', index, 'openingBlocks', number, 'rate'],
        textAt(block, 'currency') ?? currency,
      );
    }
    const billing = ['overage', 'invoice'];
    if (valueAt(client, ['overrides', ...billing]) !== undefined) {
      checkRate(['clients', index, 'overrides', ...billing, 'rate'], currency);
    } else if (
      currency !== fileCurrency &&
      valueAt(effectiveTerms(raw, client), billing) !== undefined
    ) {
      const message = `the agreement bills overage in ${fileCurrency}, and this client pays in ${currency}; give it an overage of its own in overrides`;
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
      const message = `the offer "${name}" is priced in ${priced}, and this client pays in ${currency}; name an offer in ${currency}`;
      problems.push(atValue(path, message));
    }
  }
  return problems;
}

/** A block ends after it begins. */
export function blockDateFaults(raw: unknown): Problem[] {
  return listed(valueAt(raw, ['clients'])).flatMap((client, index) =>
    listed(valueAt(client, ['openingBlocks'])).flatMap((block, number) => {
      const from = textAt(block, 'purchasedOn');
      const to = textAt(block, 'expiresOn');
      if (from === null || to === null || !isDay(from) || !isDay(to) || to >= from) return [];
      const path = ['clients', index, 'openingBlocks', number, 'expiresOn'];
      return [atValue(path, `expires on ${to}, before its purchase on ${from}; write a later day`)];
    }),
  );
}

const steps: readonly string[] = ['pull', 'debit', 'replenish', 'push'];

/** Cron expressions that the scheduler understands. */
export function scheduleFaults(raw: unknown, isCron: (text: string) => boolean): Problem[] {
  return keyed(valueAt(raw, ['schedule'])).flatMap(([step, text]) => {
    if (!steps.includes(step) || typeof text !== 'string' || isCron(text)) return [];
    const message = `"${text}" is no cron expression; write minute hour day month weekday, such as "*/10 * * * *"`;
    return [atValue(['schedule', step], message)];
  });
}
