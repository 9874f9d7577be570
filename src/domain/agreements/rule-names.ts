import type { Agreement, Client } from './terms.ts';

/** Kinds of names in rules that a vendor may rename. */
export type NamedKind = 'board' | 'ticketType' | 'agreement' | 'workType' | 'role' | 'technician';

/** A name used in a rule, and where it is used. */
export interface RuleReference {
  kind: NamedKind;
  name: string;
  /**
   * Two uses of a name in the same place mean the same; null: a bought block, which cannot be
   * edited.
   */
  place: string | null;
}

/** Every name in the rules of these clients, and in the limits of blocks already bought. */
export function collectReferences(
  clients: readonly Client[],
  limits: readonly string[] = [],
): RuleReference[] {
  const references = clients.flatMap(({ agreement, openingBlocks }) => [
    ...namesInAgreement(agreement),
    ...openingBlocks.flatMap(({ workTypes }) => limitedTo(workTypes, 'opening block')),
  ]);
  return [...references, ...limitedTo(limits, null)];
}

/** Every name in an agreement's terms, once per rule that uses it. */
function namesInAgreement(agreement: Agreement): RuleReference[] {
  const { name, applies, workTypes, workTypeMinimums, roles, multipliers, rates } = agreement;
  const named = (kind: NamedKind, names: readonly string[] | null, rule: string) =>
    (names ?? []).map((one) => ({ kind, name: one, place: `${name}: ${rule}` }));
  return [
    ...named('board', applies.boards, 'applies'),
    ...named('ticketType', applies.ticketTypes, 'applies'),
    ...named('agreement', applies.agreements, 'applies'),
    ...named('workType', workTypes.covered, 'covered'),
    ...named('workType', workTypes.excluded, 'excluded'),
    ...workTypeMinimums.flatMap((one) =>
      named('workType', [one.workType], `minimum ${one.seconds}`),
    ),
    ...named('role', roles.covered, 'covered'),
    ...named('role', roles.excluded, 'excluded'),
    ...named('technician', agreement.excludedTechnicians, 'excluded'),
    ...multipliers.flatMap(({ workType, role, factorThousandths }) => [
      ...named('workType', workType === null ? null : [workType], `times ${factorThousandths}`),
      ...named('role', role === null ? null : [role], `times ${factorThousandths}`),
    ]),
    ...(rates?.workTypes ?? []).flatMap((one) =>
      named('workType', [one.workType], `rate ${one.rateMinor}`),
    ),
    ...named('workType', agreement.proactive?.workTypes ?? null, 'proactive'),
    ...named('ticketType', agreement.proactive?.ticketTypes ?? null, 'proactive'),
    ...named('board', agreement.proactive?.boards ?? null, 'proactive'),
    ...agreement.replenish.flatMap(({ offer }) => limitedTo(offer?.workTypes ?? null, 'offer')),
  ];
}

function limitedTo(workTypes: readonly string[] | null, place: string | null): RuleReference[] {
  return (workTypes ?? []).map((name) => ({ kind: 'workType', name, place }));
}
