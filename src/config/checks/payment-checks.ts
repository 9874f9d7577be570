import { atValue, type Path, type Problem } from '../fault.ts';
import type { ConfiguredConnection } from '../loaded.ts';
import { isKeyed, listed, textAt, valueAt } from '../read/raw.ts';
import { effectiveTerms, pushTarget } from './client-checks.ts';

/**
 * A block that is activated on payment needs a connection that reports the payment: the invoice
 * must be readable with our key and its paid state. One fault per agreement, not per client.
 */
export function unseenPayments(
  raw: unknown,
  connections: ReadonlyMap<string, ConfiguredConnection>,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const terms = effectiveTerms(raw, client);
    const target = connections.get(pushTarget(raw, client) ?? '');
    if (target === undefined) continue;
    const rules = listed(terms.replenish);
    const isAwaited = terms.activate === 'on-payment' && rules.some(isSale);
    // A recharge is followed to its payment even if the hours do not wait for it.
    if (!isAwaited && !rules.some(isRecharge)) continue;
    const { vendor, settings, name } = target;
    const isSeen = vendor.pulls.includes('invoices') && (vendor.showsPayment?.(settings) ?? true);
    if (isSeen) continue;
    const key = isAwaited ? 'activate' : 'recharge';
    const isOwn = valueAt(client, ['overrides', key]) !== undefined;
    const path = isOwn
      ? ['clients', index, 'overrides', key]
      : ['agreements', textAt(client, 'agreement') ?? '', key];
    const fix = isAwaited ? 'use on-invoice' : 'use do: [invoice] instead of recharge';
    const message = `"${name}" (${vendor.title}), as configured, does not report whether an invoice is paid; ${fix}`;
    problems.set(JSON.stringify(path), atValue(path, message));
  }
  return [...problems.values()];
}

/**
 * Where the connection requires a product on every invoice, each invoiced offer and overage rate
 * must name one; otherwise every invoice would be rejected.
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
      const message = `"${target.name}" (${target.vendor.title}) requires a product on every invoice; set one ${what}, or under billing of the connection`;
      problems.set(JSON.stringify(path), atValue(path, message));
    };
    for (const rule of listed(terms.replenish)) {
      const offer = textAt(rule, 'offer') ?? '';
      if (!isSale(rule) || !isKeyed(valueAt(raw, ['offers', offer]))) continue;
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

function isSale(rule: unknown): boolean {
  return listed(valueAt(rule, ['do'])).includes('invoice') || isRecharge(rule);
}

function isRecharge(rule: unknown): boolean {
  return listed(valueAt(rule, ['do'])).includes('recharge');
}

/**
 * A rule that recharges needs to know how; a payment provider must be able to charge, and must know
 * the client.
 */
export function rechargeFaults(
  raw: unknown,
  connections: ReadonlyMap<string, ConfiguredConnection>,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const terms = effectiveTerms(raw, client);
    const add = (key: string, path: Path, message: string) => {
      const isOwn = valueAt(client, ['overrides', key]) !== undefined;
      const place = isOwn
        ? ['clients', index, 'overrides']
        : ['agreements', textAt(client, 'agreement') ?? ''];
      const whole = [...place, key, ...path];
      problems.set(JSON.stringify(whole), atValue(whole, message));
    };
    const rule = listed(terms.replenish).findIndex(isRecharge);
    if (rule < 0) continue;
    const collect = textAt(terms.recharge, 'collect');
    if (terms.recharge === undefined) {
      const message = 'recharge needs to know how; add recharge: { collect: psa } to the agreement';
      add('replenish', [rule, 'do'], message);
      continue;
    }
    if (collect === null || collect === 'psa') continue;
    const provider = connections.get(collect);
    if (provider !== undefined && !provider.vendor.pushes.includes('recharge')) {
      const message = `"${collect}" (${provider.vendor.title}) cannot charge anybody; use psa, or a payment provider`;
      add('recharge', ['collect'], message);
    } else if (provider !== undefined && textAt(client, 'ids', collect) === null) {
      const message = `no ID in "${collect}", which charges this client; add ${collect}: …`;
      const path = ['clients', index, 'ids'];
      problems.set(JSON.stringify(path), atValue(path, message));
    }
    if (valueAt(terms.recharge, ['autopayUpTo']) === undefined) continue;
    add('recharge', ['autopayUpTo'], 'only used with collect: psa; use perCharge');
  }
  return [...problems.values()];
}
