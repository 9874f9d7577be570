/** Finding what a push has already written, by exact comparison. */
import { type ZodType, z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/if-there.ts';
import { describeIssue } from '../http/issues.ts';
import { type Api, type List, refuseOtherOrder } from './api.ts';
import { oneTicket } from './documents.ts';
import { TicketWire } from './schema.ts';

export interface Wanted<Wire> {
  schema: ZodType<Wire>;
  /** What the wanted row bears. */
  key: string;
  idOf(wire: Wire): string;
  isWanted(wire: Wire): boolean;
  /** What the list is in the order of, the last first. */
  timeOf(wire: Wire): string;
  /** None that is older can be it. */
  from: string;
}

export async function findRow<Wire>(
  api: Api,
  list: List,
  { schema, key, idOf, isWanted, timeOf, from }: Wanted<Wire>,
  signal: AbortSignal,
): Promise<Wire | null> {
  const { name } = list.operation;
  const seen = new Set<string>();
  let countBefore: number | null = null;
  for await (const { rows, count } of api.pages(list, signal)) {
    // What comes up meanwhile moves rows back, and shows one of them again.
    const isSteady = count === (countBefore ?? count);
    countBefore = count;
    const times: string[] = [];
    for (const raw of rows) {
      const row = schema.safeParse(raw);
      if (row.success && isWanted(row.data)) return row.data;
      if (row.success) {
        times.push(timeOf(row.data));
        if (isSteady && seen.has(idOf(row.data))) throw otherOrder(name);
        seen.add(idOf(row.data));
      } else if (JSON.stringify(raw).includes(key)) {
        // It might be the wanted one: taking it for another would write twice.
        throw new KindError('contract', `${name}: ${describeIssue(row.error)}.`);
      }
    }
    refuseOtherOrder(list, times);
    if ((times.at(-1) ?? '9') < from) return null;
  }
  return null;
}

/** Rows of the same day have changed places between two pages: the wanted one may not have come at all. */
function otherOrder(name: string): KindError {
  return new KindError('transient', `${name} changed its order while it was read.`, {
    fix: 'It is looked for again at the next run.',
  });
}

/** Null: there is no such ticket. */
export async function readTicket(
  api: Api,
  ticketId: string,
  signal: AbortSignal,
): Promise<TicketWire | null> {
  const answer = z.object({ getTicket: TicketWire.nullable() });
  const asked = api.send(oneTicket, { input: { ticketId } }, answer, signal);
  return (await ifThere(asked))?.getTicket ?? null;
}
