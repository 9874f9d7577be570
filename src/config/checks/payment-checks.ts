import { atValue, type Path, type Problem } from '../fault.ts';
import type { ConfiguredConnection } from '../loaded.ts';
import { isKeyed, listed, textAt, valueAt } from '../read/raw.ts';
import { effectiveTerms, pushTarget } from './client-checks.ts';

/**
 * A block that waits for its payment must be able to see it: the connection that makes the invoice
 * shows it again, with our key and its paid state. One fault an agreement, not one a client.
 */
export function unseenPayments(
  raw: unknown,
  connections: ReadonlyMap<string, ConfiguredConnection>,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const terms = effectiveTerms(raw, client);
    const target = connections.get(pushTarget(raw, client) ?? '');
    const isSold = listed(terms.replenish).some((rule) =>
      listed(valueAt(rule, ['do'])).includes('invoice'),
    );
    if (terms.activate !== 'on-payment' || !isSold || target === undefined) continue;
    const { vendor, settings, name } = target;
    const isSeen = vendor.pulls.includes('invoices') && (vendor.showsPayment?.(settings) ?? true);
    if (isSeen) continue;
    const isOwn = textAt(client, 'overrides', 'activate') !== null;
    const path = isOwn
      ? ['clients', index, 'overrides', 'activate']
      : ['agreements', textAt(client, 'agreement') ?? '', 'activate'];
    const message = `"${name}" (${vendor.title}), as it is set up, never shows whether a block's invoice is paid; on-invoice would be right`;
    problems.set(JSON.stringify(path), atValue(path, message));
  }
  return [...problems.values()];
}

/**
 * Where the connection sells nothing without a product, every offer that is invoiced, and a rate for overage,
 * names one: else every invoice would be refused.
 */
export function missingProducts(
  raw: unknown,
  connections: ReadonlyMap<string, ConfiguredConnection>,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const target = connections.get(pushTarget(raw, client) ?? '');
    if (target?.vendor.needsProduct?.(target.settings) !== true) continue;
    const terms = effectiveTerms(raw, client);
    const add = (path: Path, what: string) => {
      const message = `"${target.name}" (${target.vendor.title}) makes no invoice without a product; name one ${what}, or under billing of the connection`;
      problems.set(JSON.stringify(path), atValue(path, message));
    };
    for (const rule of listed(terms.replenish)) {
      const offer = textAt(rule, 'offer') ?? '';
      const isSold = listed(valueAt(rule, ['do'])).includes('invoice');
      if (!isSold || !isKeyed(valueAt(raw, ['offers', offer]))) continue;
      if (valueAt(raw, ['offers', offer, 'product']) === undefined) {
        add(['offers', offer], 'for this offer');
      }
    }
    const billing = valueAt(terms.overage, ['invoice']);
    if (!isKeyed(billing) || billing.product !== undefined) continue;
    const isOwn = valueAt(client, ['overrides', 'overage']) !== undefined;
    const place = isOwn
      ? ['clients', index, 'overrides']
      : ['agreements', textAt(client, 'agreement') ?? ''];
    add([...place, 'overage', 'invoice'], 'for this rate');
  }
  return [...problems.values()];
}
