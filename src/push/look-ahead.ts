import { isKindError } from '../domain/errors.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import { messageOf, type PushMessageRow } from '../store/port.ts';

/** So many keys fit into one request. */
const togetherMax = 19;
/** A message is created within this time of the look-up that missed it. */
const lifeSeconds = 60;

interface Look {
  at: Instant;
  keys: ReadonlySet<string>;
  missing: Promise<ReadonlySet<string>>;
}

type FindMissing = (messages: readonly object[]) => Promise<ReadonlySet<string>>;

/** Whether a message is known to be missing, with one look-up for it and those of its kind that follow. */
type LookAhead = (
  message: PushMessageRow,
  following: readonly PushMessageRow[],
  findMissing: FindMissing | undefined,
) => Promise<boolean>;

/**
 * Only for messages that were never attempted: after an attempt, only a search of their own that
 * begins after it proves anything.
 */
export function createLookAhead(now: () => Instant): LookAhead {
  const looks = new Map<string, Look>();
  const isOld = ({ at }: Look): boolean => addSeconds(at, lifeSeconds) <= now() || at > now();
  return async (message, following, findMissing) => {
    if (findMissing === undefined || !isUntried(message)) return false;
    const { key, kind } = message;
    let look = looks.get(kind);
    if (look === undefined || !look.keys.has(key) || isOld(look)) {
      const others = following.filter((one) => one.kind === kind && isUntried(one));
      if (others.length === 0) return false;
      const together = [message, ...others].slice(0, togetherMax);
      look = {
        at: now(),
        keys: new Set(together.map((one) => one.key)),
        missing: noneIfRefused(findMissing(together.map(messageOf))),
      };
      looks.set(kind, look);
    }
    return (await look.missing).has(key) && !isOld(look);
  };
}

function isUntried({ createAttemptedAt }: PushMessageRow): boolean {
  return createAttemptedAt === null;
}

/** Each message is then looked up by itself, and fails by itself. */
async function noneIfRefused(missing: Promise<ReadonlySet<string>>): Promise<ReadonlySet<string>> {
  try {
    return await missing;
  } catch (error) {
    if (isKindError(error)) return new Set();
    throw error;
  }
}
