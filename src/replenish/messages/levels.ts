import { isOfKind } from '../../domain/blocks/kinds.ts';
import type { Format } from '../../domain/format.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import { sizeInUse } from '../../domain/thresholds/thresholds.ts';
import { levelPhrase } from './phrases.ts';

/**
 * The lowest level reached of each kind of hours, and every expiring block. Hours come first, then
 * the order of the rules. If a limited kind has no hours of its own left, its threshold is redundant
 * with that of the hours for all work.
 */
export function levelPhrases(crossings: readonly Crossing[], format: Format): string[] {
  const said = crossings.filter((crossing) => isSaid(crossing, crossings));
  const byKind = Map.groupBy(said, ({ position }) => JSON.stringify(position.workTypes));
  const lowest = [...byKind.values()].flatMap(lowestOf);
  const sorted = lowest.toSorted((a, b) => (secondsOf(b) ?? -1) - (secondsOf(a) ?? -1));
  return [...new Set(sorted.map((crossing) => levelPhrase(crossing, format)))];
}

function isSaid(crossing: Crossing, crossings: readonly Crossing[]): boolean {
  const { workTypes, blocks } = crossing.position;
  const hasOwn = blocks.some(
    (block) => isOfKind(block, workTypes) && (block.remainingSeconds || block.remainingMinor),
  );
  const isSameForAll = ({ rule, position }: Crossing) =>
    rule === crossing.rule && position.workTypes === null;
  return workTypes === null || hasOwn || !crossings.some(isSameForAll);
}

/** A run-out is only named if no level in hours was reached with it. */
function lowestOf(crossings: readonly Crossing[]): Crossing[] {
  const hours = lowestBy(crossings, secondsOf);
  const money = Map.groupBy(crossings, ({ rule: { when } }) =>
    'minorLeft' in when ? when.currency : null,
  );
  return [
    ...(hours.length > 0 ? hours : lowestBy(crossings, daysOf)),
    ...[...money.values()].flatMap((one) => lowestBy(one, minorOf)),
    ...crossings.filter(({ block }) => block !== null),
    ...longestIdle(crossings),
  ];
}

function longestIdle(crossings: readonly Crossing[]): Crossing[] {
  return crossings
    .filter((crossing) => idleDaysOf(crossing) !== null)
    .toSorted((a, b) => (idleDaysOf(b) ?? 0) - (idleDaysOf(a) ?? 0))
    .slice(0, 1);
}

function lowestBy(
  crossings: readonly Crossing[],
  levelOf: (crossing: Crossing) => number | null,
): Crossing[] {
  const levels = crossings.filter((crossing) => levelOf(crossing) !== null);
  return levels.toSorted((a, b) => (levelOf(a) ?? 0) - (levelOf(b) ?? 0)).slice(0, 1);
}

function secondsOf({ rule: { when }, position }: Crossing): number | null {
  if ('secondsLeft' in when) return when.secondsLeft;
  return 'percentLeft' in when ? (sizeInUse(position) * when.percentLeft) / 100 : null;
}

function minorOf({ rule: { when } }: Crossing): number | null {
  return 'minorLeft' in when ? when.minorLeft : null;
}

function daysOf({ rule: { when } }: Crossing): number | null {
  return 'runOutWithinDays' in when ? when.runOutWithinDays : null;
}

function idleDaysOf({ rule: { when } }: Crossing): number | null {
  return 'idleDays' in when ? when.idleDays : null;
}

/** Whether there is work to plan and nothing to sell: idle hours, with or without some that expire. */
export function isAboutIdle(crossings: readonly Crossing[]): boolean {
  const idle = crossings.filter((crossing) => idleDaysOf(crossing) !== null);
  return idle.length > 0 && crossings.every((one) => one.block !== null || idle.includes(one));
}
