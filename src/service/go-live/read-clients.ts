import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import type { PushMessages } from '../../domain/records/messages.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import { ownLeft } from '../../domain/thresholds/positions.ts';
import type { Position } from '../../domain/thresholds/thresholds.ts';
import { type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import { basisFromText } from '../../replenish/messages/basis.ts';
import { leftPhrase } from '../../replenish/messages/phrases.ts';
import { type FoundUsage, usageLevelText } from '../../replenish/messages/usage-alert.ts';
import type { Episode, PushMessageRow, Store } from '../../store/port.ts';
import type { MarkedLevel } from '../corrections/mark-told.ts';
import { describeLevel } from './describe-level.ts';

/** What a live run would send for one client. */
export interface GoLiveClient {
  client: string;
  clientId: string;
  /** What is left, in words: each kind of hours, and money, by itself; null where no level is reached. */
  left: string | null;
  /** The same less work that is not debited yet. */
  projected: string | null;
  levels: ReachedLevel[];
  alerts: { connection: string; subject: string }[];
  notes: { connection: string }[];
  invoices: GoLiveInvoice[];
  balanceFields: { connection: string; field: string; text: string }[];
  /** Levels that were marked as told, and not told since. */
  marked: { threshold: string; markedOn: DateText }[];
}

interface ReachedLevel extends MarkedLevel {
  /** The level in words. */
  level: string;
  settledSeconds: number;
  overageSeconds: number;
  money: { currency: string; leftMinor: number }[];
}

export interface GoLiveInvoice {
  connection: string;
  offer: string;
  product: string | null;
  quantity: number;
  seconds: number;
  totalMinor: number;
  currency: string;
  /** For hours beyond the blocks, not for a level: a mark leaves it as it is. */
  isOverage: boolean;
}

/** Reads what a live run that began at this time has decided, from the store that it decided on. */
export async function readGoLiveClients(
  store: Store,
  clients: readonly Client[],
  { at, format }: { at: Instant; format: Format },
): Promise<GoLiveClient[]> {
  const messages = await store.listMessages({ statuses: ['pending', 'claimed', 'unapproved'] });
  const bases = new Map((await store.readUnsent()).map(({ key, basis }) => [key, basis]));
  const episodes = await store.readEpisodes(clients.map(({ id }) => id));
  return clients
    .map((client) => {
      const own = messages.filter(({ clientId }) => clientId === client.id);
      const fired = episodes.filter((one) => one.clientId === client.id && one.isFired);
      return readOne(client, { own, bases, fired, at, format });
    })
    .filter(
      ({ levels, alerts, notes, invoices, balanceFields, marked }) =>
        [levels, alerts, notes, invoices, balanceFields, marked].flat().length > 0,
    );
}

interface Decided {
  own: readonly PushMessageRow[];
  bases: ReadonlyMap<string, string>;
  fired: readonly Episode[];
  at: Instant;
  format: Format;
}

function readOne(
  { id, name, timezone }: Client,
  { own, bases, fired, at, format }: Decided,
): GoLiveClient {
  const decided = own.flatMap(({ key }) => {
    const text = bases.get(key);
    return text === undefined ? [] : [basisFromText(text)];
  });
  const found = decided.flatMap((basis) => (basis.of === 'crossings' ? [basis.found] : []));
  const used = decided.flatMap((basis) => (basis.of === 'usage' ? [basis.found] : []));
  // The messages of one notice have the same crossings; in the order of the rules.
  const crossings = new Map(
    found.flatMap((one) => one.crossings).map((crossing) => [crossing.threshold, crossing]),
  );
  const firedNow = fired.filter(({ firedMode, firedAt }) => firedMode === 'live' && firedAt === at);
  const kinds = ownLeft([...used, ...found].at(-1)?.positions ?? []);
  const isReached = found.length + used.length > 0;
  return {
    client: name,
    clientId: id,
    left: isReached ? leftPhrase(kinds, 'netSeconds', format) : null,
    projected: isReached ? leftPhrase(kinds, 'projectedSeconds', format) : null,
    levels: [
      ...[...crossings.values()].flatMap((crossing) => {
        const episode = firedNow.find(({ threshold }) => threshold === crossing.threshold);
        return episode === undefined ? [] : toLevel(crossing, episode.number, format);
      }),
      ...toUsedLevels(used, firedNow, format),
    ],
    alerts: ofKind(own, 'alert-ticket', ({ subject }, connection) => ({ connection, subject })),
    notes: ofKind(own, 'ticket-note', (_, connection) => ({ connection })),
    invoices: ofKind(own, 'invoice', (invoice, connection, key) => {
      const { offer, product, quantity, seconds, totalMinor, currency } = invoice;
      const isOverage = isBill(bases.get(key));
      return { connection, offer, product, quantity, seconds, totalMinor, currency, isOverage };
    }),
    balanceFields: ofKind(own, 'balance-field', ({ field, hoursText }, connection) => ({
      connection,
      field,
      text: hoursText,
    })),
    marked: fired
      .filter(({ firedMode }) => firedMode === 'marked')
      .map(({ threshold, firedAt }) => ({ threshold, markedOn: dateInZone(firedAt, timezone) })),
  };
}

function isBill(basis: string | undefined): boolean {
  return basis !== undefined && basisFromText(basis).of === 'bill';
}

/** Each once, though the alert and its note have the same. */
function toUsedLevels(
  used: readonly FoundUsage[],
  fired: readonly Episode[],
  format: Format,
): ReachedLevel[] {
  const levels = used.flatMap(({ levels, positions: [position] }) =>
    levels.flatMap(({ threshold, number, alarm }) => {
      if (position === undefined || !fired.some((one) => one.threshold === threshold)) return [];
      const level = usageLevelText(alarm, format);
      return [{ threshold, number, level, ...standingOf(position) }];
    }),
  );
  return [...new Map(levels.map((level) => [level.threshold, level])).values()];
}

function toLevel(crossing: Crossing, number: number, format: Format): ReachedLevel {
  return {
    threshold: crossing.threshold,
    number,
    level: describeLevel(crossing, format),
    ...standingOf(crossing.position),
  };
}

function standingOf({ balances, moneyLeft }: Position) {
  const money = [...moneyLeft].map(([currency, leftMinor]) => ({ currency, leftMinor }));
  return { ...balances, money };
}

function ofKind<Kind extends keyof PushMessages, Shown>(
  messages: readonly PushMessageRow[],
  kind: Kind,
  show: (payload: PushMessages[Kind], connection: string, key: string) => Shown,
): Shown[] {
  return messages
    .filter((message) => message.kind === kind)
    .map(({ key, connection, payload }) =>
      show(JSON.parse(payload) as PushMessages[Kind], connection, key),
    );
}
