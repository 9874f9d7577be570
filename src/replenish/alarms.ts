import { familyOf, sharersOf } from '../domain/agreements/shares.ts';
import type { Client, UsageAlarm } from '../domain/agreements/terms.ts';
import { alarmKey, secondsSince } from '../domain/thresholds/alarms.ts';
import { addDays, addSeconds, dateInZone, startOfDay } from '../domain/time.ts';
import { accountFrom, type Episode, emptyBatch, type ReplenishBatch } from '../store/port.ts';
import { longestWorkSeconds, readWorked, type Worked } from './alarms-work.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';
import { composeUsage, type FoundUsage, type UsedTicket } from './messages/usage-alert.ts';
import { firedEpisode } from './orders/orders.ts';
import { positionsIn, readSituation } from './replenish.ts';

/** An older ticket is left alone until somebody works on it again. */
const recentTicketSeconds = 7 * 24 * 3600;

/**
 * Tells of work that goes fast while it can still be decided: charged or pending, by when it was
 * worked. Only clients whose work has changed are looked at, and those with a burst that goes on.
 */
export async function alertOnUsage(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  const asked = context.clients.filter(
    ({ agreement, paidBy }) => paidBy === null && agreement.alarms !== undefined,
  );
  if (asked.length === 0 || context.signal.aborted) return;
  const { store, clients } = context;
  const families = asked.flatMap((client) => familyOf(client, clients));
  const changed = await store.readChangedWork(families.map(({ id }) => id));
  const episodes = Map.groupBy(
    await store.readEpisodes(asked.map(({ id }) => id)),
    ({ clientId }) => clientId,
  );
  const due = asked.filter((client) => {
    const known = episodes.get(client.id) ?? [];
    const isChanged = familyOf(client, clients).some(({ id }) => changed.has(id));
    return isChanged || known.some((episode) => isOpen(episode, client, context.mode));
  });
  if (due.length === 0) return;
  const worked = await readWorked(context, due, addSeconds(context.at, -longestWindow(due)));
  for (const client of due) {
    if (context.signal.aborted) return;
    const own = worked.get(client.id) ?? [];
    const batch = await decideAlarms(context, client, own, episodes.get(client.id) ?? []);
    const lookedAt = familyOf(client, clients).flatMap(({ id }) => (changed.has(id) ? id : []));
    const { messages = [], episodes: written = [] } = batch;
    if (messages.length + written.length + lookedAt.length === 0) continue;
    await store.writeReplenish({ ...emptyBatch(context), ...batch, lookedAt });
    outcome.messages += messages.length;
    if (written.length > 0) outcome.changed += 1;
  }
}

function alarmsOf({ agreement }: Client): readonly UsageAlarm[] {
  return agreement.alarms ?? [];
}

function longestWindow(clients: readonly Client[]): number {
  const windows = clients
    .flatMap(alarmsOf)
    .map((alarm) => ('usedSeconds' in alarm ? alarm.withinSeconds : recentTicketSeconds));
  return Math.max(...windows) + longestWorkSeconds;
}

/** A burst that goes on, or an alarm that observe mode sent to nobody. */
function isOpen(episode: Episode, client: Client, mode: ReplenishContext['mode']): boolean {
  if (!episode.isFired) return false;
  return alarmsOf(client).some((alarm) => {
    const key = alarmKey(alarm);
    if (episode.threshold === key) return true;
    return isUntold(episode, mode) && episode.threshold.startsWith(`${key} `);
  });
}

function isUntold({ firedMode }: Episode, mode: ReplenishContext['mode']): boolean {
  return firedMode === 'observe' && mode === 'live';
}

/** An alarm whose level is reached, and the work that reached it. */
interface Reached {
  alarm: UsageAlarm;
  threshold: string;
  seconds: number;
  work: readonly Worked[];
  /** Thresholds of tickets that were merged into this one: they have told already. */
  earlier: readonly string[];
}

async function decideAlarms(
  context: ReplenishContext,
  client: Client,
  worked: readonly Worked[],
  episodes: readonly Episode[],
): Promise<Partial<ReplenishBatch>> {
  const reached = alarmsOf(client).flatMap((alarm) => findReached(context, client, alarm, worked));
  const isTold = (threshold: string): boolean => {
    const episode = episodes.find((one) => one.threshold === threshold);
    return episode?.isFired === true && !isUntold(episode, context.mode);
  };
  const fresh = reached.filter(({ threshold, earlier }) => ![threshold, ...earlier].some(isTold));
  const thresholds = new Set(reached.map(({ threshold }) => threshold));
  const over = episodes.filter(
    (episode) => isOpen(episode, client, context.mode) && !thresholds.has(episode.threshold),
  );
  const numberOf = (threshold: string): number =>
    (episodes.find((one) => one.threshold === threshold)?.number ?? 0) + 1;
  // All windows of a client are one alert, and all levels of a ticket.
  const notices = [
    ...Map.groupBy(fresh, ({ alarm, work }) => {
      return 'usedSeconds' in alarm ? null : (work[0]?.ticket ?? null);
    }).values(),
  ];
  const situated = notices.length === 0 ? null : await readStanding(context, client);
  return {
    messages: notices.flatMap((notice) => {
      if (situated === null) return [];
      return composeUsage(context, client, { ...situated, ...foundIn(notice, numberOf) });
    }),
    episodes: [
      ...over.map((episode) => ({ ...episode, isFired: false })),
      ...[...new Set(fresh.map(({ threshold }) => threshold))].map((threshold) =>
        firedEpisode(
          context,
          { clientId: client.id, clientSeq: situated?.clientSeq ?? 0 },
          threshold,
          numberOf(threshold),
        ),
      ),
    ],
  };
}

function findReached(
  { at }: ReplenishContext,
  client: Client,
  alarm: UsageAlarm,
  worked: readonly Worked[],
): Reached[] {
  const key = alarmKey(alarm);
  // A day's time may be dated at its midday, but no plans for later days are work.
  const today = dateInZone(at, client.timezone);
  const end = startOfDay(addDays(today, 1), client.timezone);
  const done = worked.filter(({ startedAt }) => startedAt < end);
  if ('usedSeconds' in alarm) {
    const since = addSeconds(at, -alarm.withinSeconds);
    const work = done
      .map((one) => ({ ...one, seconds: secondsSince([one], since) }))
      .filter(({ seconds }) => seconds > 0);
    const seconds = sumOf(work);
    const isReached = seconds >= alarm.usedSeconds;
    return isReached ? [{ alarm, threshold: key, seconds, work, earlier: [] }] : [];
  }
  const since = addSeconds(at, -recentTicketSeconds);
  const byTicket = Map.groupBy(done, ({ ticket }) => ticket);
  byTicket.delete(null);
  return [...byTicket].flatMap(([ticket, work]) => {
    const seconds = sumOf(work);
    const isOpenTicket = work.every(({ isClosed }) => !isClosed);
    const isRecent = work.some(({ endedAt }) => endedAt >= since);
    if (!isOpenTicket || !isRecent || seconds < alarm.ticketSeconds) return [];
    const earlier = [...new Set(work.flatMap((one) => one.loggedOn ?? []))];
    return [
      {
        ...{ alarm, seconds, work, threshold: `${key} ${ticket}` },
        earlier: earlier.map((id) => `${key} ${id}`),
      },
    ];
  });
}

function sumOf(work: readonly { seconds: number }[]): number {
  return work.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The balance now, after everything else that this run decided. */
async function readStanding(context: ReplenishContext, client: Client) {
  const situation = await readSituation(context, [client]);
  const ledger = situation.ledgers.get(client.id);
  if (ledger === undefined) throw new Error(`the ledger of ${client.name} was not read`);
  const account = accountFrom(ledger, sharersOf(context.clients));
  const today = dateInZone(context.at, client.timezone);
  const positions = positionsIn(situation, client, context.clients, { ledger, account, today });
  return { today, positions, clientSeq: ledger.clientSeq };
}

/** Several windows are told by the longest, which has all of their work. */
function foundIn(
  notice: readonly Reached[],
  numberOf: (threshold: string) => number,
): Omit<FoundUsage, 'today' | 'positions'> {
  const widest = notice.toSorted((a, b) => windowOf(b) - windowOf(a))[0];
  if (widest === undefined) throw new Error('an alarm without a level');
  const { work, seconds, alarm } = widest;
  return {
    levels: notice.map((one) => {
      return { threshold: one.threshold, number: numberOf(one.threshold), alarm: one.alarm };
    }),
    seconds,
    withinSeconds: 'usedSeconds' in alarm ? alarm.withinSeconds : null,
    tickets: byTime(Map.groupBy(work, ({ ticket }) => ticket)).map((own): UsedTicket => {
      const { number = null, summary = '' } = own[0] ?? {};
      return { number, summary, seconds: sumOf(own) };
    }),
    technicians: byTime(Map.groupBy(work, ({ technician }) => technician)).map((own) => {
      return { name: own[0]?.technician ?? '', seconds: sumOf(own) };
    }),
  };
}

function windowOf({ alarm }: Reached): number {
  return 'usedSeconds' in alarm ? alarm.withinSeconds : 0;
}

function byTime(groups: ReadonlyMap<unknown, Worked[]>): Worked[][] {
  return [...groups.values()].toSorted((a, b) => sumOf(b) - sumOf(a));
}
