import type { Agreement, ProactiveRules } from '../agreements/terms.ts';
import { type PartFacts, ruledWorkType } from './charge-facts.ts';
import { isListed, type RuleName } from './coverage.ts';

/** `emergency`: reactive, outside business hours. */
export type WorkClass = 'proactive' | 'reactive' | 'emergency';

/** Time worked, before rounding and multipliers; a class without any is absent. */
export type ClassSeconds = Partial<Record<WorkClass, number>>;

/** What of a ticket may make its work proactive. */
export interface WorkOrigin {
  ticketType: RuleName;
  board: RuleName;
  source: string | null;
}

/** One matching name is enough: the work type of the time, or where its ticket came from. */
export function isProactive(
  work: { workType: RuleName; origin: WorkOrigin | null },
  rules: ProactiveRules,
): boolean {
  const { workType, origin } = work;
  if (isListed(workType, rules.workTypes)) return true;
  if (origin === null) return false;
  return (
    isListed(origin.ticketType, rules.ticketTypes) ||
    isListed(origin.board, rules.boards) ||
    isListed(origin.source, rules.ticketSources)
  );
}

/** `outsideSeconds`: of these, outside business hours. Planned work at night stays proactive. */
export function classify(
  seconds: number,
  outsideSeconds: number,
  isPlanned: boolean,
): ClassSeconds {
  const classes: ClassSeconds = isPlanned
    ? { proactive: seconds }
    : { reactive: seconds - outsideSeconds, emergency: outsideSeconds };
  return Object.fromEntries(Object.entries(classes).filter(([, time]) => time > 0));
}

/**
 * The classes of a posted part. One from before the agreement said what is proactive has only its
 * work type: unless that is listed, a rule about tickets might have matched. Null: unknown.
 */
export function classesOf(
  part: Pick<PartFacts, 'classes' | 'pieces' | 'workType' | 'workTypeNames'>,
  { proactive: rules }: Pick<Agreement, 'proactive'>,
): ClassSeconds | null {
  if (part.classes !== undefined) return part.classes;
  if (rules === null) return null;
  const isPlanned = isListed(ruledWorkType(part), rules.workTypes);
  const { ticketTypes, boards, ticketSources } = rules;
  if (!isPlanned && ticketTypes.length + boards.length + ticketSources.length > 0) return null;
  const isOutside = ({ rules: applied }: PartFacts['pieces'][number]) =>
    applied.some(({ kind }) => kind === 'outside');
  return classify(sumOf(part.pieces), sumOf(part.pieces.filter(isOutside)), isPlanned);
}

/** The time of a part that is charged; free work has no class. */
export function sumOf(pieces: readonly { seconds: number }[]): number {
  return pieces.reduce((sum, { seconds }) => sum + seconds, 0);
}
