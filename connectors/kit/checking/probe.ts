/** What `check --probe` writes to a test client and removes again. */
import type {
  CheckResult,
  ConnectorContext,
  Delivered,
  PushMessages,
  SourceId,
} from '../../../src/contract/connector.ts';
import { describeError, isKindError } from '../../../src/domain/errors.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import { type ClientField, type ClientFields, writeField } from '../writing/balance-field.ts';
import type { Note } from '../writing/notes.ts';
import type { TicketText } from '../writing/tickets.ts';
import { attemptsAt } from './checks.ts';
import { type FactBook, reopened } from './facts.ts';

export const testSubject = 'Test by prepaid-hours, to be deleted';
export const testBody = 'Written by check --probe.';

/** One hour for one unit of the file's currency. */
function testSale(
  context: ConnectorContext,
  sold: { key: string; clientId: SourceId; product: string | null },
): PushMessages['invoice'] {
  return {
    ...sold,
    offer: 'Test',
    seconds: 3600,
    quantity: 1,
    rateMinor: 100,
    totalMinor: 100,
    currency: context.currency,
    issuedOn: instantFromMs(context.now()).slice(0, 10),
    title: testSubject,
    body: testBody,
  };
}

/** Facts are unverified while `work` verifies them again; one that it does not reach keeps its answer. */
export async function verifyAgain<Result>(
  { memory }: ConnectorContext,
  facts: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const before = new Map<string, string>();
  for (const key of facts.map((id) => `fact.${id}`)) {
    const answer = await memory.get(key);
    if (answer === null) continue;
    before.set(key, answer);
    // An earlier miss is kept: the probe confirms or clears it.
    const kept = reopened(answer);
    if (kept.startsWith('doubt')) await memory.set(key, kept);
    else await memory.delete(key);
  }
  try {
    return await work();
  } finally {
    for (const [key, answer] of before) {
      const after = await memory.get(key);
      if (after === null || after === reopened(answer)) await memory.set(key, answer);
    }
  }
}

/** A probe in steps: each verifies its facts again and adds the outcome to the results. */
interface ProbeStep<Id extends string> {
  facts: readonly Id[];
  work(): Promise<void>;
}

/** Runs the steps; what they wrote is removed by the caller. */
export async function runSteps<Id extends string>(
  { context }: { context: ConnectorContext },
  book: FactBook<Id>,
  steps: readonly ProbeStep<Id>[],
  product: string,
): Promise<CheckResult[]> {
  const attempt = attemptsAt(product);
  const results: CheckResult[] = [];
  for (const { facts, work } of steps) {
    const write = () => work().then((): CheckResult[] => []);
    const name = `probe.${facts[0]}`;
    results.push(...(await verifyAgain(context, facts, () => attempt(name, write))));
    results.push(...(await book.factResults(context, facts)));
  }
  return results;
}

/** Writes a custom field back unchanged, which must change nothing. */
function fieldStep<C extends { context: ConnectorContext }, Id extends string>(
  call: C,
  book: FactBook<Id>,
  fields: ClientFields<C, ClientField, Id>,
  clientId: SourceId,
): ProbeStep<Id> {
  const work = async (): Promise<void> => {
    const before = await fields.read(call, clientId);
    const [target] = before;
    if (target === undefined) return;
    const change = { before, target, value: target.value ?? null };
    await writeField(fields, call, book, clientId, change);
  };
  return { facts: [fields.fact], work };
}

/** Lists what could not be removed, with `fix`, and what stays. */
async function removeWritten(
  { written, stays }: Traces,
  remove: (path: string) => Promise<void>,
  fix: string,
): Promise<CheckResult> {
  const id = 'probe.removed';
  const left: string[] = [];
  for (const path of written) {
    try {
      await remove(path);
    } catch (error) {
      if (!isKindError(error)) throw error;
      left.push(`${path} (${describeError(error)})`);
    }
  }
  if (left.length === 0 && (written.length > 0 || stays.length === 0)) {
    const but = stays.length === 0 ? '' : `, except ${stays.join('; ')}`;
    return { id, status: 'ok', detail: `All test records were removed${but}.` };
  }
  return { id, status: 'warning', detail: `Still there: ${[...left, ...stays].join('; ')}`, fix };
}

/** What `check --probe` writes, in this order. */
interface Probe<C, Id extends string> {
  /** A ticket with an internal note, then one for the client if the first one stayed internal. */
  ticket?: ProbedTicket<C, Id> | false;
  field?: ClientFields<C, ClientField, Id> | undefined;
  sale?: ProbedSale<C, Id> | false;
  /** What an admin should do if something cannot be removed. */
  fix: string;
}

interface ProbedTicket<C, Id extends string> {
  facts: readonly Id[];
  create(call: C, alert: TicketText): Promise<Delivered>;
  noteFact: Id;
  /** Default: an internal note, then one for the client. */
  audiences?: readonly Note['audience'][];
  writeNote(call: C, note: Note): Promise<Delivered>;
  /** How it is removed; absent: the API cannot. */
  path?(ticketId: SourceId): string;
  /** Absent: a note goes with its ticket. */
  notePath?(ticketId: SourceId, noteId: SourceId): string;
  /** Verifies more by the new ticket. */
  verify?(call: C, ticketId: SourceId, alert: TicketText): Promise<void>;
  /** For a ticket that stays. */
  close?(call: C, ticketId: SourceId, alert: TicketText): Promise<unknown>;
}

interface ProbedSale<C, Id extends string> {
  facts: readonly Id[];
  /**
   * Calls `wrote` with the path of each record as soon as it exists; `stays` with the name of one that the API cannot
   * delete.
   */
  create(
    call: C,
    sale: Sale,
    wrote: (path: string) => void,
    stays: (what: string) => void,
  ): Promise<unknown>;
}

type Sale = PushMessages['invoice'];

interface Traces {
  /** Paths of what was written, newest first. */
  written: string[];
  /** What the API cannot remove, and its final state. */
  stays: string[];
}

/** `check --probe` by the records of a vendor, by its display name. */
export function createProbe<
  C extends { context: ConnectorContext; remove(path: string): Promise<void> },
  Id extends string,
>(title: string, book: FactBook<Id>, describe: (call: C) => Probe<C, Id>) {
  return async (call: C, clientId: SourceId, product: string | null): Promise<CheckResult[]> => {
    const { ticket, field, sale, fix } = describe(call);
    const key = `probe.${call.context.now()}`;
    const traces: Traces = { written: [], stays: [] };
    const steps: ProbeStep<Id>[] = [];
    if (ticket) {
      const work = () => probeTicket(call, book, ticket, { key, clientId }, traces);
      steps.push({ facts: [...ticket.facts, ticket.noteFact], work });
    }
    if (field !== undefined) steps.push(fieldStep(call, book, field, clientId));
    if (sale) {
      const test = testSale(call.context, { key: `${key}.sale`, clientId, product });
      const wrote = (path: string): void => void traces.written.unshift(path);
      const stays = (what: string): void => void traces.stays.push(what);
      const work = async () => void (await sale.create(call, test, wrote, stays));
      steps.push({ facts: sale.facts, work });
    }
    const results = await runSteps(call, book, steps, title);
    return [...results, await removeWritten(traces, call.remove, fix)];
  };
}

async function probeTicket<C extends { context: ConnectorContext }, Id extends string>(
  call: C,
  { readFact }: FactBook<Id>,
  ticket: ProbedTicket<C, Id>,
  { key, clientId }: { key: string; clientId: SourceId },
  { written, stays }: Traces,
): Promise<void> {
  const alert = { key, clientId, subject: testSubject, body: testBody };
  const { remoteId: ticketId, label = ticketId } = await ticket.create(call, alert);
  if (ticket.path !== undefined) written.unshift(ticket.path(ticketId));
  try {
    await ticket.verify?.(call, ticketId, alert);
    for (const audience of ticket.audiences ?? (['internal', 'client'] as const)) {
      const note = { key: `${key}.${audience}`, clientId, ticketId, audience, body: testBody };
      const { remoteId } = await ticket.writeNote(call, note);
      if (ticket.notePath !== undefined) written.unshift(ticket.notePath(ticketId, remoteId));
      // Another note would prove nothing more.
      if ((await readFact(call.context, ticket.noteFact)) !== 'yes') return;
    }
  } finally {
    await ticket.close?.(call, ticketId, alert);
    const state = ticket.close === undefined ? '' : ', closed';
    if (ticket.path === undefined) stays.push(`ticket ${label}${state}`);
  }
}
