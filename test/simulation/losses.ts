/** What a person finds who is asked whether so much time was really deleted. */
import type { Auditor } from './auditor.ts';
import { dayMs } from './terms.ts';
import { Violation } from './violation.ts';

/** So few may go together unasked, as long as that is not most of a client's. */
const entriesFree = 3;

/** Most of one client's time went within a day, or more than a little of all; else nobody should be asked. */
export function checkLoss({ books, systems }: Auditor, connection: string, nowMs: number): void {
  const psa = systems.find(({ name }) => name === connection);
  const there = new Set(psa?.state().entries.map(({ id }) => id));
  const since = new Date(nowMs - dayMs).toISOString();
  const recent = books
    .mirrorTime(connection)
    .filter(({ deletedAt }) => deletedAt === null || deletedAt > since);
  const isLost = ({ id, deletedAt }: (typeof recent)[number]) =>
    deletedAt === null && !there.has(id);
  const lost = recent.filter(isLost);
  const isMost = [...Map.groupBy(recent, ({ client }) => client).values()].some((time) => {
    const gone = time.filter((one) => one.deletedAt !== null || isLost(one));
    return time.some(isLost) && gone.length > 1 && gone.length * 2 > time.length;
  });
  if (isMost || lost.length > entriesFree) return;
  const detail = `${connection} asks about ${lost.length} entries of ${recent.length}`;
  throw new Violation('one run', detail);
}
