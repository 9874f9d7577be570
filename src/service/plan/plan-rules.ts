import type { Agreement, Client } from '../../domain/agreements/terms.ts';
import { addDays, type DateText } from '../../domain/time.ts';

/** Client settings, besides the agreement, that can change what is debited. */
const clientRules = [
  'sourceIds',
  'timezone',
  'startOn',
  'formerIds',
  'movedOn',
  'openingBlocks',
  'paidBy',
  'share',
] as const;
type ClientRule = (typeof clientRules)[number];

/** A client that is in only one of the two configs. */
const listed = 'listed';

/**
 * Names of the keys, of the agreement and of the client, that differ between two configs for any
 * client. Holidays differ if they differ on any day of the span.
 */
export function changedRules(
  before: readonly Client[],
  after: readonly Client[],
  from: DateText,
  to: DateText,
): string[] {
  const days: DateText[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  const rules = new Set<string>();
  const earlier = new Map(before.map((client) => [client.id, client]));
  const ids = new Set(after.map(({ id }) => id));
  if (before.some(({ id }) => !ids.has(id))) rules.add(listed);
  for (const client of after) {
    const was = earlier.get(client.id);
    if (was === undefined) {
      rules.add(listed);
      continue;
    }
    for (const rule of clientRules) if (differs(was[rule], client[rule], days)) rules.add(rule);
    for (const rule of agreementRules(was.agreement, client.agreement)) {
      if (differs(was.agreement[rule], client.agreement[rule], days)) rules.add(rule);
    }
  }
  return [...rules].sort();
}

/** The clients of `before` with the one rule as `after` has it. */
export function withRule(
  before: readonly Client[],
  after: readonly Client[],
  rule: string,
): Client[] {
  const changed = new Map(after.map((client) => [client.id, client]));
  if (rule === listed) {
    const known = new Set(before.map(({ id }) => id));
    const kept = before.filter(({ id }) => changed.has(id));
    return [...kept, ...after.filter(({ id }) => !known.has(id))];
  }
  return before.map((client) => {
    const to = changed.get(client.id);
    if (to === undefined) return client;
    if (isClientRule(rule)) return { ...client, [rule]: to[rule] };
    const key = agreementRules(client.agreement, to.agreement).find((name) => name === rule);
    if (key === undefined) return client;
    return { ...client, agreement: { ...client.agreement, [key]: to.agreement[key] } };
  });
}

function isClientRule(rule: string): rule is ClientRule {
  return clientRules.some((name) => name === rule);
}

/** A renamed agreement alone changes nothing. */
function agreementRules(a: Agreement, b: Agreement): (keyof Agreement)[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Agreement>;
  keys.delete('name');
  return [...keys];
}

function differs(a: unknown, b: unknown, days: readonly DateText[]): boolean {
  const spell = (value: unknown) =>
    JSON.stringify(value, (_key, part: unknown) => {
      if (part instanceof Map) return [...part].sort();
      // A calendar's holidays are a function of the day.
      return typeof part === 'function' ? days.filter((day) => part(day) === true) : part;
    });
  return spell(a) !== spell(b);
}
