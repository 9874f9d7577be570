import type { Client, Rounding } from '../../domain/agreements/terms.ts';
import { roundWorked } from '../../domain/charges/rounding.ts';
import { type Format, formatIn } from '../../domain/format.ts';
import { coolingDaysOf } from '../../domain/recharge/life.ts';
import type { DateText } from '../../domain/time.ts';
import type { Block } from '../../store/port.ts';
import { isGroup, type Terms } from './keyed.ts';
import { date, days, isQuantity, money, seconds, spellTerms, type Term } from './quantities.ts';

/** What the document states besides the terms. */
export interface AgreementFacts {
  version: number;
  /** The day on the document. */
  datedOn: DateText;
  /** The client's blocks with something left on that day. */
  held: readonly Block[];
}

/** What a template may use, as `it.NAME`: the terms with their figures as text, and what follows from them. */
export function toTemplateValues(terms: Terms, facts: AgreementFacts, client: Client): object {
  const format = formatIn(client);
  const spell = (term: Term) => spellTerms(term, format);
  const rounding = part(terms, 'rounding');
  const recharge = part(terms, 'recharge');
  const overage = part(terms, 'overage');
  const notice = part(terms, 'duration')?.notice ?? null;
  return {
    ...(spell(terms) as object),
    list: format.list,
    version: facts.version,
    date: format.date(facts.datedOn),
    held: facts.held.length === 0 ? null : facts.held.map((block) => spell(heldTerms(block))),
    multipliers: spell(withHours(part(terms, 'multipliers'))),
    rounding: {
      ...(spell(rounding) as object),
      isExact: client.agreement.rounding.incrementSeconds <= 1,
    },
    examples: roundingExamples(client.agreement.rounding, format),
    recharge: recharge && { ...(spell(recharge) as object), isAtOnce: isZero(recharge.notice) },
    overage: overage
      ? { ...(spell(overage) as object), isAtOnce: isZero(overage.after) }
      : spell(terms.overage ?? null),
    cooling: spell(days(coolingDaysOf(daysOf(recharge?.notice)))),
    duration: {
      ...(spell(part(terms, 'duration')) as object),
      isWithoutNotice: isZero(notice),
    },
  };
}

/** A group of terms; null: there is none, or it is a single word. */
function part(terms: Terms, name: string): Terms | null {
  const term = terms[name] ?? null;
  return isGroup(term) ? term : null;
}

function daysOf(term: Term | undefined): number {
  return term != null && isQuantity(term) && term.unit === 'day' ? term.value : 0;
}

function isZero(term: Term | undefined): boolean {
  return term != null && isQuantity(term) && term.value === 0;
}

function heldTerms(block: Block): Terms {
  const { seconds: size, amountMinor, rateMinor, currency, purchasedOn, expiresOn } = block;
  return {
    size: amountMinor === null ? seconds(size) : money(amountMinor, currency),
    rate: amountMinor === null ? money(rateMinor, currency) : null,
    onlyFor: block.workTypes && [...block.workTypes],
    from: date(purchasedOn),
    until: expiresOn === null ? null : date(expiresOn),
  };
}

/** With what one hour at each rate comes to. */
function withHours(multipliers: Terms | null): Terms {
  return Object.fromEntries(
    Object.entries(multipliers ?? {}).map(([name, rule]): [string, Term] => {
      const { factor = null } = rule as Terms;
      const thousandths = factor !== null && isQuantity(factor) ? Number(factor.value) : 1000;
      return [name, { ...(rule as Terms), hour: seconds(Math.round(thousandths * 3.6)) }];
    }),
  );
}

/** Minutes that people work, the first of which the rounding changes is shown. */
const exampleMinutes = [35, 37, 50, 20, 3];

/** By the function that rounds what is debited. */
function roundingExamples(rule: Rounding, format: Format) {
  const charged = (worked: number) => ({
    worked: spellTerms(seconds(worked), format),
    charged: spellTerms(seconds(roundWorked(worked, rule)), format),
  });
  const worked = exampleMinutes
    .map((minutes) => minutes * 60)
    .find((one) => roundWorked(one, rule) > one);
  const tolerated = rule.incrementSeconds * 3 + rule.graceSeconds;
  return {
    rounding: worked === undefined ? null : charged(worked),
    grace: roundWorked(tolerated, rule) < tolerated ? charged(tolerated) : null,
  };
}
