import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import type { Locale } from '../../domain/format.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ChargeGroup, PostedCharge, Store, Work } from '../../store/port.ts';
import { plainText } from '../format/plain-text.ts';
import { compareCharges, isWithdrawn } from '../statement/charge-changes.ts';
import { factsOf } from '../statement/statement-lines.ts';
import type { Texts } from '../text/texts.ts';
import { textsIn } from '../text/texts.ts';
import { readPayment } from './explain-payers.ts';
import { chargeSteps, type ExplainStep } from './explain-steps.ts';

export interface ExplainRequest {
  /** The ID of a time entry, ticket (or its number), charge or charge group. */
  id: string;
  clients: readonly Client[];
  /** Names of all connections: two vendors may use the same ID. */
  connections: readonly string[];
  /** Null: the client's language, or else the MSP's. */
  locale: Locale | null;
  fallback: Pick<Client, 'locale' | 'durations' | 'timezone'>;
}

/** One charge group: what it costs, why, and what it waits for. */
export interface Explanation {
  group: string;
  client: string | null;
  locale: Locale;
  title: string;
  status: ChargeGroup['status'];
  reason: string | null;
  chargedSeconds: number;
  pendingSeconds: number;
  steps: (ExplainStep & { title: string })[];
}

/** Explains every group that the ID belongs to. Throws `config` if there is none. */
export async function explain(store: Store, request: ExplainRequest): Promise<Explanation[]> {
  const groups = await store.findGroups(request.id, null);
  if (groups.length === 0) {
    throw new KindError(
      'config',
      `No ticket, time entry or charge "${plainText(request.id)}" was found.`,
      {
        fix: 'Use the ID of a time entry, a ticket or ticket number, or a charge ID from a statement. Work appears here once a run has pulled and processed it.',
      },
    );
  }
  const work = await readWork(store, request);
  const explanations: Explanation[] = [];
  for (const group of groups) explanations.push(await explainGroup(store, request, group, work));
  return explanations;
}

/** The mirrored work of a ticket or entry, for what is not charged yet; empty for a charge ID. */
async function readWork(store: Store, { id, connections }: ExplainRequest): Promise<Work> {
  return store.readWork(
    connections.flatMap((connection) => [
      { connection, kind: 'ticket' as const, sourceId: id },
      { connection, kind: 'entry' as const, sourceId: id },
    ]),
  );
}

interface GroupRecord {
  group: ChargeGroup;
  client: Client | undefined;
  history: PostedCharge[];
  entries: LedgerEntry[];
  zone: string;
}

async function explainGroup(
  store: Store,
  request: ExplainRequest,
  group: ChargeGroup,
  work: Work,
): Promise<Explanation> {
  const history = await store.readChargeHistory(group.groupKey);
  const current = history.find((charge) => charge.id === group.chargeId) ?? history.at(-1);
  const clientId = group.clientId ?? current?.clientId ?? null;
  const client = request.clients.find((candidate) => candidate.id === clientId);
  const reader = client ?? request.fallback;
  const texts = textsIn({ ...reader, locale: request.locale ?? reader.locale });
  const entries = await store.readChargeEntries(history.map((charge) => charge.id));
  const zone = client?.timezone ?? request.fallback.timezone;
  const record: GroupRecord = { group, client, history, entries, zone };
  const facts = current === undefined ? null : factsOf(current);
  const isCharged = facts !== null && !isWithdrawn(facts);
  const steps: ExplainStep[] = [];
  if (current !== undefined && isCharged) {
    const slices = liveEntries(record).filter((entry) => entry.chargeId === current.id);
    const accounts = [...new Set(slices.map((slice) => slice.clientId))];
    const ledgers = await store.readLedgers(accounts, { isAllBlocks: true });
    const blocks = ledgers.flatMap((ledger) => ledger.blocks);
    const clientName = client?.name ?? current.clientId;
    const payment = await readPayment(store, { facts, slices, blocks, client, zone });
    steps.push(...chargeSteps({ facts, payment, clientName, zone }, texts));
  }
  const waiting = waitingLines(record, work, isCharged, texts);
  if (waiting.length > 0) steps.push({ step: 'waiting', lines: waiting });
  if (history.length > 0) steps.push({ step: 'history', lines: historyLines(record, texts) });
  return {
    group: group.groupKey,
    client: client?.name ?? null,
    locale: texts.locale,
    title: texts.explain.title(titleOf(request.id, group, facts?.ticket ?? null)),
    status: group.status,
    reason: group.reason,
    chargedSeconds: current?.seconds ?? 0,
    pendingSeconds: group.pendingSeconds,
    steps: steps.map((step) => ({ ...step, title: texts.explain.steps[step.step] })),
  };
}

function titleOf(
  id: string,
  group: ChargeGroup,
  ticket: { number: string; summary: string } | null,
): string {
  if (ticket !== null) return plainText(`#${ticket.number} ${ticket.summary}`);
  return plainText(id === group.groupKey ? id : `${id} (${group.groupKey})`);
}

function waitingLines(
  { group, client, zone }: GroupRecord,
  work: Work,
  isCharged: boolean,
  texts: Texts,
): string[] {
  const words = texts.explain;
  const reason = texts.openReason(group.reason ?? '');
  const lines: string[] = [];
  if (!isCharged && client === undefined) lines.push(words.whoseUnknown);
  if (group.status === 'posted') return lines;
  if (group.status === 'pending') {
    lines.push(words.pending(texts.duration(group.pendingSeconds), reason));
  } else lines.push(group.status === 'waiting' ? words.waiting(reason) : words.outside(reason));
  const entries = work.entries.filter((entry) => entry.groupKey === group.groupKey);
  const tickets = work.tickets.filter(({ connection, sourceId }) =>
    entries.some((entry) => entry.ticketId === sourceId && entry.connection === connection),
  );
  for (const ticket of tickets) {
    lines.push(words.ticketState(plainText(ticket.number), plainText(ticket.status)));
  }
  for (const entry of entries) {
    if (entry.deletedAt !== null) continue;
    const day = texts.date(dateInZone(entry.startedAt, zone));
    const worked = texts.duration(entry.seconds);
    lines.push(`${words.pendingWork(plainText(entry.technician), day, worked)}.`);
  }
  return lines;
}

/** Each revision, with what changed since the previous one. */
function historyLines({ history, entries, zone }: GroupRecord, texts: Texts): string[] {
  const words = texts.explain;
  return history.map((charge, index) => {
    const day = texts.date(dateInZone(charge.postedAt, zone));
    const seconds = texts.duration(charge.seconds);
    const previous = history[index - 1];
    if (previous === undefined) return words.revision(charge.revision, day, seconds);
    const undone = entries.find(
      (entry) => entry.reason === 'reversal' && entry.postedAt === charge.postedAt,
    );
    const changes = compareCharges(factsOf(previous), factsOf(charge), undone?.note ?? null);
    const text = texts.clauses(changes.map((one) => texts.change(one, texts)));
    if (text === '') return words.revision(charge.revision, day, seconds);
    return words.revisionChanged(charge.revision, day, seconds, text);
  });
}

function liveEntries({ entries }: GroupRecord): LedgerEntry[] {
  const undone = new Set(entries.flatMap((entry) => entry.reverses ?? []));
  return entries.filter((entry) => entry.reverses === null && !undone.has(entry.key));
}
