/**
 * Whether Halo shows time in hours or minutes. Its documents do not say, and public clients disagree; a
 * wrong guess would debit sixty times too much. Known entries settle it: those with a start and an end.
 */
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import type { ConnectorContext } from '../contract.ts';
import { secondsOf, type TimeUnit } from '../http/exact.ts';
import type { Api } from './api.ts';
import type { ActionWire } from './schema.ts';

/** An entry shorter than this tells little: a minute more or less is a great part of it. */
const spanSecondsMin = 300;
const spanSecondsMax = 86_400;
const toleranceSeconds = 60;

const memoryKey = 'time-unit';

/** The unit that the config names, else the one that was settled; null while it is open. */
export async function readUnit({ config, context }: Api): Promise<TimeUnit | 'unclear' | null> {
  if (config.timeUnit !== undefined) return config.timeUnit;
  const [unit] = ((await context.memory.get(memoryKey)) ?? '').split(' ');
  return unit === 'hours' || unit === 'minutes' || unit === 'unclear' ? unit : null;
}

/** What these entries say of the unit: null for nothing, `unclear` where they contradict each other. */
export function judgeUnit(actions: readonly ActionWire[]): TimeUnit | 'unclear' | null {
  const verdicts = new Set(actions.flatMap((action) => verdictOf(action) ?? []));
  if (verdicts.size > 1) return 'unclear';
  const [only] = verdicts;
  return only ?? null;
}

export async function settleUnit(
  context: ConnectorContext,
  verdict: TimeUnit | 'unclear',
): Promise<void> {
  await context.memory.set(memoryKey, `${verdict} ${instantFromMs(context.now()).slice(0, 10)}`);
}

/** The unit for reading with, settled by these actions where it is open. Throws `config` where it is unclear. */
export async function unitFor(
  api: Api,
  readActions: () => Promise<readonly ActionWire[]>,
): Promise<TimeUnit> {
  const known = await readUnit(api);
  if (known === 'hours' || known === 'minutes') return known;
  const verdict = judgeUnit(await readActions());
  if (verdict !== null) await settleUnit(api.context, verdict);
  if (verdict === 'hours' || verdict === 'minutes') return verdict;
  throw new KindError('config', unclearText(verdict ?? known), { fix: unclearFix });
}

export function unclearText(verdict: 'unclear' | null): string {
  const why =
    verdict === null
      ? 'no entry with a start and an end of its own was seen'
      : 'entries contradict each other';
  return `It is not clear whether Halo shows time in hours or minutes: ${why}. No time is read.`;
}

export const unclearFix =
  'Log half an hour with start and end on a ticket and run check, or set timeUnit after looking at a known action in the API.';

function verdictOf(action: ActionWire): TimeUnit | null {
  const { timetaken, actionarrivaldate: start, actioncompletiondate: end } = action;
  if (timetaken === null || start == null || end == null) return null;
  const span = (msFromInstant(end) - msFromInstant(start)) / 1000;
  if (span < spanSecondsMin || span > spanSecondsMax) return null;
  const fits = (unit: TimeUnit): boolean => {
    try {
      return Math.abs(secondsOf(timetaken, unit) - span) <= toleranceSeconds;
    } catch (error) {
      if (!isKindError(error, 'contract')) throw error;
      return false;
    }
  };
  if (fits('hours')) return 'hours';
  return fits('minutes') ? 'minutes' : null;
}
