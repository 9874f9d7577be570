import type { Assigned } from '../../debit/assign.ts';
import { clientFinder, startOnOf } from '../../debit/context.ts';
import { replayMirror } from '../../debit/replay.ts';
import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import type { ChargeFacts, PartFacts } from '../../domain/charges/charge-facts.ts';
import type { TimeEntryRow } from '../../domain/records/rows.ts';
import { type DateText, dateInZone, type Instant, instantFromMs } from '../../domain/time.ts';
import type {
  ClientWork,
  WorkBlock,
  WorkCharge,
  WorkEntry,
  WorkHistory,
} from '../../reports/leaks/work-history.ts';
import {
  type ChargeGroup,
  type PostedCharge,
  readNameBook,
  type Store,
  type StoredDifference,
} from '../../store/port.ts';
import type { App } from '../app/app.ts';
import { readPastWork } from './past-work.ts';
import { placeOf, toWorkEntry } from './work-entry.ts';

/**
 * Reads all mirrored work and what became of it. Before a client's first day nothing is posted: that
 * work is charged in memory, for every client, or only for those whose past blocks are given.
 */
export async function readWorkHistory(
  { store, clients, config, now }: Pick<App, 'store' | 'clients' | 'config' | 'now'>,
  pastOf: 'every-client' | 'given-blocks',
): Promise<WorkHistory> {
  const asOf = instantFromMs(now());
  const firstRunAt = (await store.readMemory('', 'first-run')) ?? asOf;
  const history: WorkHistory = { asOf, mode: config.mode, clients: [], withoutClient: [] };
  const differences = await readDifferences(store, clients);
  const past = await readPastWork(store, clients, { asOf, firstRunAt, pastOf });
  for (const client of clients) {
    const blocks = await readBlocks(store, payerOf(client));
    const current = { entries: [], charges: new Map(), blocks };
    history.clients.push({
      client,
      startOn: startOnOf(client, firstRunAt),
      current: { ...current, differences: differences.get(client.id) ?? [] },
      past: { ...(past.get(client.id) ?? current), differences: [] },
    });
  }
  await new CurrentWork(history, config.timezone).read(store, clients, firstRunAt);
  return history;
}

/** Places every mirrored entry: with its posted charge, or where its rules leave it today. */
class CurrentWork {
  readonly #history: WorkHistory;
  readonly #byId: ReadonlyMap<string, ClientWork>;
  readonly #zone: string;
  readonly #posted = new Map<string, PostedPart[]>();
  readonly #seen = new Set<string>();
  #ignored: ReadonlySet<string> = new Set();

  constructor(history: WorkHistory, zone: string) {
    this.#history = history;
    this.#zone = zone;
    this.#byId = new Map(history.clients.map((one) => [one.client.id, one]));
  }

  async read(store: Store, clients: readonly Client[], firstRunAt: Instant): Promise<void> {
    for (const work of this.#history.clients) await this.#readPosted(store, work);
    const accepted = await store.listQuarantine(['accepted']);
    this.#ignored = new Set(
      accepted
        .filter(({ stream }) => stream === 'clients')
        .map(({ connection, sourceId }) => `${connection}\n${sourceId}`),
    );
    const names = await readNameBook(store, clients);
    const findClient = clientFinder(clients);
    for await (const page of replayMirror(store, clients, firstRunAt, names)) {
      const groups = await store.readGroups(page.map(({ groupKey }) => groupKey));
      const stored = new Map(groups.map((group) => [group.groupKey, group]));
      for (const { groupKey, members } of page) {
        for (const member of members) this.#place(member, stored.get(groupKey), findClient);
      }
    }
    for (const part of [...this.#posted.values()].flat()) if (!part.isTaken) placeDeleted(part);
    await this.#addQuarantined(store, findClient);
    await nameClients(store, this.#history.withoutClient);
  }

  async #readPosted(store: Store, work: ClientWork): Promise<void> {
    const standing = new Map<string, { charge: PostedCharge; facts: ChargeFacts }>();
    for await (const page of store.streamCharges(work.client.id, '', '9999')) {
      for (const charge of page) {
        const facts = JSON.parse(charge.facts) as ChargeFacts;
        // A charge without parts withdraws the one before it.
        if (facts.parts.length === 0) standing.delete(charge.groupKey);
        else standing.set(charge.groupKey, { charge, facts });
      }
    }
    const ids = [...standing.values()].map(({ charge }) => charge.id);
    const live = Map.groupBy(await store.readLiveSlices(ids), ({ chargeId }) => chargeId);
    const charges = new Map<string, WorkCharge>();
    for (const { charge, facts } of standing.values()) {
      const slices = (live.get(charge.id) ?? []).map(({ blockId, seconds, note, postedAt }) => {
        const isLate = note === 'overage-paid' && blockId !== null;
        const paidLaterOn = isLate ? dateInZone(postedAt, work.client.timezone) : null;
        return { blockId, seconds, paidLaterOn };
      });
      charges.set(charge.id, { facts, workedOn: charge.workedOn, slices });
      for (const part of facts.parts) {
        const known = this.#posted.get(part.entryId) ?? [];
        this.#posted.set(part.entryId, [...known, { work, charge, facts, part, isTaken: false }]);
      }
    }
    work.current.charges = charges;
  }

  #place(member: Assigned, group: ChargeGroup | undefined, findClient: FindClient): void {
    const { entry, ticket, standing } = member;
    this.#seen.add(`${entry.connection}\n${entry.sourceId}`);
    const posted = this.#takePosted(member);
    if (posted !== undefined) {
      const { part, charge, work } = posted;
      work.current.entries.push({
        ...toWorkEntry(member, part.workedOn),
        ...placeOf(part),
        chargeId: charge.id,
      });
      return;
    }
    const sourceId = ticket?.clientId ?? entry.clientId ?? '';
    const client = 'client' in standing ? standing.client : findClient(entry.connection, sourceId);
    const work = this.#byId.get(client?.id ?? '');
    const workedOn =
      'workedOn' in standing
        ? standing.workedOn
        : dateInZone(entry.startedAt, client?.timezone ?? this.#zone);
    if (workedOn < (work?.startOn ?? this.#firstDay())) return;
    const described = { ...toWorkEntry(member, workedOn), ...stateOf(member, group) };
    if (work !== undefined) work.current.entries.push(described);
    else if (!this.#ignored.has(`${entry.connection}\n${sourceId}`)) {
      this.#history.withoutClient.push({ ...described, clientName: sourceId || null });
    }
  }

  /** Two connections may use one ID; only a daily charge has work of several. */
  #takePosted({ entry }: Assigned): PostedPart | undefined {
    const found = this.#posted.get(entry.sourceId)?.find(({ charge, facts, isTaken }) => {
      const isSame = facts.connection === entry.connection;
      return !isTaken && (isSame || charge.groupKey.startsWith('d:'));
    });
    if (found !== undefined) found.isTaken = true;
    return found;
  }

  #firstDay(): DateText {
    return this.#history.clients.map(({ startOn }) => startOn).sort()[0] ?? '';
  }

  /** Rows that the pull could not accept, as far as they have a length. */
  async #addQuarantined(store: Store, findClient: FindClient): Promise<void> {
    const rows = await store.listQuarantine(['open']);
    for (const { connection, stream, sourceId, row, foundBy } of rows) {
      const isMirrored = this.#seen.has(`${connection}\n${sourceId}`);
      if (stream !== 'timeEntries' || foundBy !== 'pull' || row === null || isMirrored) continue;
      const entry = JSON.parse(row) as TimeEntryRow;
      if (!Number.isInteger(entry.seconds) || entry.seconds <= 0) continue;
      const subject = { connection, kind: 'ticket', sourceId: entry.ticketId ?? '' } as const;
      const { tickets } = await store.readWork(entry.ticketId === null ? [] : [subject]);
      const ticket = tickets.find((one) => one.sourceId === entry.ticketId) ?? null;
      const client = findClient(connection, ticket?.clientId ?? entry.clientId ?? '');
      const workedOn = dateInZone(entry.startedAt, client?.timezone ?? this.#zone);
      const described = toWorkEntry(
        { entry: { ...entry, connection }, ticket, ...entry },
        workedOn,
      );
      const into = this.#byId.get(client?.id ?? '')?.current.entries ?? this.#history.withoutClient;
      into.push({ ...described, state: 'set-aside', reason: 'quarantined' });
    }
  }
}

type FindClient = ReturnType<typeof clientFinder>;

interface PostedPart {
  work: ClientWork;
  charge: PostedCharge;
  facts: ChargeFacts;
  part: PartFacts;
  isTaken: boolean;
}

/** Where work stands that is in no charge. */
function stateOf(
  { standing }: Assigned,
  group: ChargeGroup | undefined,
): Pick<WorkEntry, 'state' | 'reason'> {
  const reason = 'reason' in standing ? standing.reason : null;
  if (standing.state === 'waiting') return { state: 'set-aside', reason };
  if (standing.state === 'outside') return { state: 'outside', reason };
  if (reason === 'held-without-ticket') return { state: 'set-aside', reason };
  if (standing.state === 'due' && group?.reason === 'no-hours') {
    return { state: 'set-aside', reason: 'no-hours' };
  }
  return { state: 'open', reason };
}

/** A charge still has it, and the mirror no longer does. */
function placeDeleted({ work, charge, facts, part }: PostedPart): void {
  const { ticket, connection } = facts;
  const { technician, workType, workedOn, startedAt, isTimed } = part;
  work.current.entries.push({
    ...{ technician, workType, workedOn, startedAt, isTimed, connection, ...placeOf(part) },
    id: part.entryId,
    ticketId: ticket?.id ?? null,
    ticket: part.ticketNumber,
    summary: ticket?.summary ?? null,
    clientName: null,
    billedSeconds: null,
    isBillable: null,
    chargeId: charge.id,
    isDeleted: true,
  });
}

async function nameClients(store: Store, entries: readonly WorkEntry[]): Promise<void> {
  const known = new Map<string, string | null>();
  for (const entry of entries) {
    if (entry.clientName === null) continue;
    const key = `${entry.connection}\n${entry.clientName}`;
    const name =
      known.get(key) ?? (await store.readMirrorClientName(entry.connection, entry.clientName));
    known.set(key, name);
    entry.clientName = name ?? entry.clientName;
  }
}

async function readBlocks(store: Store, payer: Client): Promise<WorkBlock[]> {
  const [ledger] = await store.readLedgers([payer.id], { isAllBlocks: true });
  const expiries = await store.readLiveExpiries([payer.id]);
  return (ledger?.blocks ?? [])
    .filter(({ status }) => status !== 'ordered')
    .map(({ amountMinor, ...block }) => ({
      ...block,
      isMoney: amountMinor !== null,
      expiredSeconds: expiries
        .filter(({ blockId, minor }) => blockId === block.id && minor === null)
        .reduce((sum, { seconds }) => sum + seconds, 0),
    }));
}

const kinds = ['entry-missing-there', 'ticket-missing-there', 'block-balance'];

async function readDifferences(
  store: Store,
  clients: readonly Client[],
): Promise<Map<string | null, StoredDifference[]>> {
  const found: StoredDifference[] = [];
  for await (const page of store.streamDifferences(clients.map(({ id }) => id))) {
    found.push(...page.filter(({ kind }) => kinds.includes(kind)));
  }
  return Map.groupBy(found, ({ clientId }) => clientId);
}
