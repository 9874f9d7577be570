/** Lists that rarely change, cached in the connection's memory so that a quiet run requests none. */
import { type ZodType, z } from 'zod';
import type { ConnectorContext, TimeEntryRow } from '../../../src/contract/connector.ts';
import { isKindError } from '../../../src/domain/errors.ts';
import { isRecent } from '../../http/answers/clock.ts';
import { jsonOrNull } from '../../http/answers/json.ts';
import { optional } from '../../http/answers/wire.ts';
import type { Rows } from './lists.ts';

export type HasContext = { context: ConnectorContext };

export type Remembered<C extends HasContext, Row> = ReturnType<typeof remember<C, Row>>;

/** After a day a list is read again when it is next needed. */
export const lifeMs = 86_400_000;
/** Many unknown rows in one pass take one request. */
const justReadMs = 60_000;

/** `key` names the list in memory; `schema` guards against what an older version wrote there. */
export function remember<C extends HasContext, Row>(
  key: string,
  schema: ZodType<Row>,
  read: (call: C) => Promise<readonly Row[]>,
) {
  const Stored = z.object({ readAtMs: z.number(), rows: z.array(schema) });
  /** Rows are looked up one by one: the stored text is parsed once. */
  let held: z.infer<typeof Stored> | null = null;
  /** Concurrent look-ups share one request. */
  let underWay: Promise<readonly Row[]> | null = null;

  /** Stores the list as somebody else has just read it. */
  async function keep(call: C, rows: readonly Row[]): Promise<void> {
    const before = await stored(call);
    held = { readAtMs: call.context.now(), rows: [...rows] };
    if (JSON.stringify(before) === JSON.stringify(rows)) return;
    await call.context.memory.set(key, JSON.stringify(held));
  }

  async function readNow(call: C): Promise<readonly Row[]> {
    const rows = await read(call);
    await keep(call, rows);
    return rows;
  }

  /** Always read. */
  function reread(call: C): Promise<readonly Row[]> {
    underWay ??= readNow(call).finally(() => {
      underWay = null;
    });
    return underWay;
  }

  /** Null if nothing is stored, or it is too old. */
  async function stored({ context }: C): Promise<readonly Row[] | null> {
    held ??= Stored.safeParse(jsonOrNull(await context.memory.get(key))).data ?? null;
    return held !== null && isRecent(held.readAtMs, context.now(), lifeMs) ? held.rows : null;
  }

  /** From memory unless too old. */
  const list = async (call: C): Promise<readonly Row[]> => (await stored(call)) ?? reread(call);

  return {
    list,
    reread,
    keep,
    stored,
    /** From the cached list, else from the list read again, at most once a minute. */
    async find(call: C, isWanted: (row: Row) => boolean): Promise<Row | null> {
      const found = (await list(call)).find(isWanted) ?? null;
      const wasJustRead = isRecent(held?.readAtMs ?? 0, call.context.now(), justReadMs);
      if (found !== null || wasJustRead) return found;
      return (await reread(call)).find(isWanted) ?? null;
    },
  };
}

const Person = z.object({ id: z.string(), ...optional(z.string(), 'name', 'email') });

/** Adds e-mails to time without, by ID and, if given, name; none if we may not read them. */
export function rememberEmails<C extends HasContext>(
  read: (call: C) => Promise<readonly z.infer<typeof Person>[]>,
) {
  const { list } = remember('technician-emails', Person, (call: C) =>
    read(call).catch((error: unknown) => {
      if (!isKindError(error, 'permission', 'rejected', 'contract')) throw error;
      call.context.log.warn('Technicians’ e-mails cannot be read.', { kind: error.kind });
      return [];
    }),
  );
  return async function* addEmails(call: C, pages: Rows<TimeEntryRow>): Rows<TimeEntryRow> {
    for await (const page of pages) {
      const people = page.rows.length === 0 ? [] : await list(call);
      const emailOf = ({ technicianId, technician: shown }: TimeEntryRow) =>
        people.find(({ id, name = shown }) => id === technicianId && name === shown)?.email || null;
      yield { ...page, rows: page.rows.map((row) => ({ ...row, technicianEmail: emailOf(row) })) };
    }
  };
}
