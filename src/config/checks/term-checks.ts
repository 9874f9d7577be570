import { isListed } from '../../domain/charges/coverage.ts';
import { atKey, atValue, type Path, type Problem } from '../fault.ts';
import { isKeyed, keyed, listed, textAt, valueAt } from '../read/raw.ts';
import { Duration, isDay } from '../schema/fields.ts';
import { effectiveTerms } from './client-checks.ts';

/** Terms that are valid one by one but contradict each other. */
export function termFaults(raw: unknown): Problem[] {
  const agreements = keyed(valueAt(raw, ['agreements'])).flatMap(([name, terms]) => {
    const path = ['agreements', name];
    return [
      ...roundingFaults(valueAt(terms, ['rounding']), path),
      ...multiplierFaults(terms, path),
      ...replenishFaults(terms, path),
      ...dateFaults(terms, path),
      ...holdFaults(terms, path),
      ...minimumFaults(valueAt(terms, ['workTypes']), path),
    ];
  });
  const clients = listed(valueAt(raw, ['clients'])).flatMap((client, index) => {
    const path = ['clients', index, 'overrides'];
    const own = valueAt(client, ['overrides']);
    // Rounding is merged key by key, so the agreement's own keys count too.
    const isRounding = isKeyed(valueAt(own, ['rounding']));
    return [
      ...(isRounding ? roundingFaults(effectiveTerms(raw, client).rounding, path) : []),
      ...multiplierFaults(own, path),
      ...replenishFaults(own, path),
      ...(['overage', 'replenish'].some((key) => valueAt(own, [key]) !== undefined)
        ? holdFaults(effectiveTerms(raw, client), path)
        : []),
      ...(isDated(own) ? dateFaults(effectiveTerms(raw, client), path) : []),
      ...(isKeyed(valueAt(own, ['workTypes']))
        ? minimumFaults(effectiveTerms(raw, client).workTypes, path)
        : []),
    ];
  });
  return [...agreements, ...clients];
}

function roundingFaults(rounding: unknown, terms: Path): Problem[] {
  const path = [...terms, 'rounding'];
  const increment = Duration.safeParse(valueAt(rounding, ['increment']) ?? '15m');
  const grace = Duration.safeParse(valueAt(rounding, ['grace']) ?? '0');
  if (!increment.success || !grace.success) return [];
  if (increment.data === 0) {
    const message = 'the increment is 0; use 1s to charge the exact time';
    return [atValue([...path, 'increment'], message)];
  }
  if (grace.data < increment.data) return [];
  const message = 'grace must be shorter than the increment, or nothing would round up';
  return [atValue([...path, 'grace'], message)];
}

function isDated(terms: unknown): boolean {
  return textAt(terms, 'from') !== null || textAt(terms, 'until') !== null;
}

function dateFaults(terms: unknown, path: Path): Problem[] {
  const from = textAt(terms, 'from');
  const until = textAt(terms, 'until');
  if (from === null || until === null || !isDay(from) || !isDay(until) || until >= from) return [];
  const message = `the agreement ends on ${until}, before it starts on ${from}; use a later date`;
  return [atValue([...path, 'until'], message)];
}

/**
 * Held work lowers the projected balance only: without a threshold on it, nobody would be notified.
 */
function holdFaults(terms: unknown, path: Path): Problem[] {
  if (textAt(terms, 'overage') !== 'hold') return [];
  const rules = listed(valueAt(terms, ['replenish']));
  if (rules.some((rule) => textAt(rule, 'when', 'balance') === 'projected')) return [];
  const message =
    'with overage: hold, nobody would be notified of held work; add a rule to replenish such as { when: { hoursLeft: 0, balance: projected }, do: [alert] }';
  return [atValue([...path, 'overage'], message)];
}

/** A minimum on free work would never apply. */
function minimumFaults(workTypes: unknown, path: Path): Problem[] {
  const excluded = listed(valueAt(workTypes, ['excluded'])).filter(
    (name) => typeof name === 'string',
  );
  const names: string[] = [];
  return keyed(valueAt(workTypes, ['minimums'])).flatMap(([name]) => {
    const isSecond = isListed(name, names);
    names.push(name);
    if (isSecond) {
      const message = `"${name}" already has a minimum; keep one of the two`;
      return [atKey([...path, 'workTypes', 'minimums', name], message)];
    }
    if (!isListed(name, excluded)) return [];
    const message = `"${name}" is excluded, so its minimum would never apply; remove one of the two`;
    return [atKey([...path, 'workTypes', 'minimums', name], message)];
  });
}

const conditions = ['workType', 'role', 'outside'];

function multiplierFaults(terms: unknown, path: Path): Problem[] {
  return listed(valueAt(terms, ['multipliers'])).flatMap((multiplier, index) => {
    const count = keyed(multiplier).filter(([key]) => conditions.includes(key)).length;
    if (!isKeyed(multiplier) || count === 1) return [];
    const message =
      'a multiplier needs exactly one of workType, role, outside; use one entry for each';
    return [atValue([...path, 'multipliers', index], message)];
  });
}

function replenishFaults(terms: unknown, path: Path): Problem[] {
  return listed(valueAt(terms, ['replenish'])).flatMap((rule, index) => {
    return [
      ...levelFaults(valueAt(rule, ['when']), [...path, 'replenish', index, 'when']),
      ...saleFaults(rule, [...path, 'replenish', index]),
      ...idleFaults(rule, [...path, 'replenish', index]),
      ...alarmFaults(rule, [...path, 'replenish', index]),
    ];
  });
}

const levels = [
  ...['hoursLeft', 'amountLeft', 'percentLeft'],
  ...['expiresWithinDays', 'runOutWithinDays', 'idleDays', 'usedHours', 'ticketHours'],
];

function levelFaults(when: unknown, path: Path): Problem[] {
  const count = keyed(when).filter(([key]) => levels.includes(key)).length;
  if (!isKeyed(when) || count === 1) return [];
  return [
    atValue(path, `a threshold needs exactly one of ${levels.join(', ')}; use one rule for each`),
  ];
}

/** Hours that are left need no sale. */
function idleFaults(rule: unknown, path: Path): Problem[] {
  if (valueAt(rule, ['when', 'idleDays']) === undefined) return [];
  const other = listed(valueAt(rule, ['do'])).findIndex((action) => action !== 'alert');
  if (other >= 0) {
    const message = 'a client with idle hours has enough of them; use do: [alert]';
    return [atValue([...path, 'do', other], message)];
  }
  const problems: Problem[] = [];
  if (valueAt(rule, ['offer']) !== undefined) {
    const message = 'idle hours propose work, not a sale; remove the offer';
    problems.push(atKey([...path, 'offer'], message));
  }
  if (textAt(rule, 'when', 'balance') === 'projected') {
    const message = 'pending work is never idle; remove balance';
    problems.push(atKey([...path, 'when', 'balance'], message));
  }
  return problems;
}

/** What was worked is not a balance: nothing is sold for it, and open work always counts. */
function alarmFaults(rule: unknown, path: Path): Problem[] {
  const when = valueAt(rule, ['when']);
  const has = (key: string) => valueAt(when, [key]) !== undefined;
  if (has('usedHours') !== has('withinHours')) {
    const message = 'usedHours and withinHours belong together: { usedHours: 5, withinHours: 24 }';
    return [atValue([...path, 'when'], message)];
  }
  if (!has('usedHours') && !has('ticketHours')) return [];
  const other = listed(valueAt(rule, ['do'])).findIndex((action) => action !== 'alert');
  if (other >= 0) {
    const message = 'hours worked sell nothing, only hours left do; use do: [alert]';
    return [atValue([...path, 'do', other], message)];
  }
  const problems: Problem[] = [];
  if (valueAt(rule, ['offer']) !== undefined) {
    const message = 'an alert about hours worked proposes no sale; remove the offer';
    problems.push(atKey([...path, 'offer'], message));
  }
  if (textAt(when, 'balance') !== null) {
    const message = 'hours worked count whether or not they are debited; remove balance';
    problems.push(atKey([...path, 'when', 'balance'], message));
  }
  return problems;
}

function saleFaults(rule: unknown, path: Path): Problem[] {
  const actions = listed(valueAt(rule, ['do']));
  const sells = actions.findIndex((action) => action === 'invoice' || action === 'recharge');
  if (sells < 0) return [];
  if (actions.includes('invoice') && actions.includes('recharge')) {
    const message = 'recharge creates the invoice too; remove invoice';
    return [atValue([...path, 'do', actions.indexOf('invoice')], message)];
  }
  if (valueAt(rule, ['offer']) !== undefined) return [];
  const message = `${actions[sells]} needs an offer; add one to this rule, such as offer: ten`;
  return [atValue([...path, 'do', sells], message)];
}
