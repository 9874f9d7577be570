/**
 * Whether Halo shows time in hours or minutes. This is not documented, and public clients disagree; a wrong
 * guess would debit sixty times too much. It is determined from entries with a start and an end, and from
 * those of Halo's own timer, which counts milliseconds.
 */
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { secondsOf, type TimeUnit } from '../http/answers/exact.ts';
import type { Halo } from './call.ts';
import type { ActionWire } from './schema.ts';

/** A shorter entry is not conclusive: a minute more or less is a large part of it. */
const spanSecondsMin = 300;
const spanSecondsMax = 86_400;
const toleranceSeconds = 60;

/** An unrounded double has at least so many decimals, unless it is exact. */
const timerDecimals = 13;

const memoryKey = 'time-unit';

/** The configured unit, else the one determined earlier; null if not known yet. */
export async function readUnit(halo: Halo): Promise<TimeUnit | null> {
  return halo.config.timeUnit ?? (await readProven(halo));
}

async function readProven({ context }: Halo): Promise<TimeUnit | null> {
  const [unit] = ((await context.memory.get(memoryKey)) ?? '').split(' ');
  return unit === 'hours' || unit === 'minutes' ? unit : null;
}

/** A unit once determined takes more entries to contradict: somebody may have typed minutes for hours. */
const doubtsMin = 3;

/**
 * The unit to read with. In `check` and in each run, the known unit is compared with these actions, and with
 * more of them if these are not conclusive or contradict it. Throws `config` if it stays unclear.
 */
export async function unitFor(
  halo: Halo,
  actions: readonly ActionWire[],
  readMore: () => Promise<readonly ActionWire[]>,
): Promise<TimeUnit> {
  const proven = await readProven(halo);
  const known = halo.config.timeUnit ?? proven;
  const first = unitsIn(actions);
  const isEnough =
    known === null ? new Set(first).size === 1 : first.length === 0 || first.includes(known);
  const seen = isEnough ? first : unitsIn([...actions, ...(await readMore())]);
  const [only, ...others] = new Set(seen);
  if (known !== null && !seen.includes(known)) {
    const isDoubted = seen.length >= (known === proven ? doubtsMin : 1);
    if (!isDoubted) return known;
    throw new KindError('config', againstText(halo, known), { fix: againstFix });
  }
  const unit = known ?? (others.length === 0 ? only : undefined);
  if (unit === undefined) throw new KindError('config', unclearText(seen), { fix: unclearFix });
  const { memory, now } = halo.context;
  if (unit !== proven) await memory.set(memoryKey, `${unit} ${instantFromMs(now()).slice(0, 10)}`);
  return unit;
}

function againstText({ config }: Halo, known: TimeUnit): string {
  const other = known === 'hours' ? 'minutes' : 'hours';
  const source = config.timeUnit === undefined ? 'Halo showed time in' : 'timeUnit is';
  return `${source} ${known}, but all known entries are in ${other}. No time is read.`;
}

const againstFix = 'Look at a known action in the API and set timeUnit to what it shows.';

function unclearText(seen: readonly TimeUnit[]): string {
  const why =
    seen.length === 0
      ? 'no entry with a start and an end was found'
      : 'entries contradict each other';
  return `It is not clear whether Halo shows time in hours or minutes: ${why}. No time is read.`;
}

const unclearFix =
  'Log half an hour with start and end on a ticket and run check, or set timeUnit after looking at a known action in the API.';

/** The unit shown by each of these entries; most show none. */
function unitsIn(actions: readonly ActionWire[]): TimeUnit[] {
  return actions.flatMap((action) => unitBySpan(action) ?? unitByTimer(action) ?? []);
}

function unitBySpan(action: ActionWire): TimeUnit | null {
  const { timetaken, actionarrivaldate: start, actioncompletiondate: end } = action;
  if (timetaken == null || start == null || end == null) return null;
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

/**
 * The timer writes whole milliseconds: `0.008530277777777779` is 30,709 ms in hours, and not a whole number of
 * them in minutes. Conversely both are whole, so this can never show minutes.
 */
function unitByTimer({ timetaken }: ActionWire): TimeUnit | null {
  const decimals = /\.(\d+)$/.exec(timetaken ?? '')?.[1] ?? '';
  if (decimals.length < timerDecimals) return null;
  const isWhole = (ms: number): boolean => Math.abs(ms - Math.round(ms)) < 1e-4;
  const value = Number(timetaken);
  return isWhole(value * 3_600_000) && !isWhole(value * 60_000) ? 'hours' : null;
}
