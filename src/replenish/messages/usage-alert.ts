/** The alert about work that goes fast, and the client's note on it. */
import type { Client, UsageAlarm, UsageLevel } from '../../domain/agreements/terms.ts';
import { type Format, formatIn, languageOf } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { Position } from '../../domain/thresholds/thresholds.ts';
import type { DateText } from '../../domain/time.ts';
import type { NewMessage } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { usageToBasis } from './basis.ts';
import { type Notice, sourceIdOf, toMessage } from './compose.ts';
import { inProse } from './phrases.ts';
import type { UsageValues } from './templates.ts';
import { valuesOf } from './values.ts';

/** What an alarm found, as stored with its messages. */
export interface FoundUsage {
  today: DateText;
  positions: readonly Position[];
  levels: readonly ReachedAlarm[];
  /** Worked within the longest of the windows, or on the ticket so far. */
  seconds: number;
  /** Null: the alarm is about a single ticket. */
  withinSeconds: number | null;
  /** Those with the most time, most first. */
  tickets: readonly UsedTicket[];
  technicians: readonly { name: string; seconds: number }[];
}

interface ReachedAlarm {
  threshold: string;
  number: number;
  alarm: UsageAlarm;
}

export interface UsedTicket {
  /** Null: time without a ticket. */
  number: string | null;
  summary: string;
  seconds: number;
}

/** How many tickets and technicians are named. */
const namedMax = 5;

export function composeUsage(
  context: ReplenishContext,
  client: Client,
  found: FoundUsage,
): NewMessage[] {
  const episodes = found.levels.map(({ threshold, number }) => `${threshold}#${number}`);
  const cause = [context.firstRunAt, ...episodes.toSorted()].join(' ');
  const isClientTold = found.levels.some(({ alarm }) => alarm.tell.includes('client'));
  const basis = usageToBasis(found);
  const render = (template: 'usage-ticket' | 'usage-note', key: string, format: Format) =>
    context.templates.render(template, format.locale, {
      ...valuesOf(context, noticeOf(client, found), { key, format, invoiceKeys: [] }),
      ...{ thresholds: levelTexts(found, format), isClientTold },
      usage: usageValues(found, format),
    });
  const alertKey = pushKeyOf('usage', client.id, cause);
  const clientId = sourceIdOf(client);
  const ticket = render('usage-ticket', alertKey, inProse(formatIn(context)));
  const alert = toMessage(context, client, 'alert-ticket', alertKey, null, {
    ...{ clientId, ...ticket },
    ...(isClientTold ? { hasClientNote: true } : {}),
  });
  if (!isClientTold) return [{ ...alert, basis }];
  const noteKey = pushKeyOf('usage-note', client.id, cause);
  const note = toMessage(context, client, 'ticket-note', noteKey, alertKey, {
    ...{ clientId, ticketId: '', audience: 'client' },
    ...render('usage-note', noteKey, inProse(formatIn(client))),
  });
  return [
    { ...alert, basis },
    { ...note, basis },
  ];
}

/** For what every message says of a client and its hours. Nothing is sold. */
function noticeOf(client: Client, { today, positions }: FoundUsage): Notice {
  return {
    ...{ client, today, positions, crossings: [], sales: [], proposals: [], refusals: [] },
    ...{ runOut: null, isApproved: true },
  };
}

function usageValues(found: FoundUsage, format: Format): UsageValues['usage'] {
  const { seconds, withinSeconds, tickets, technicians } = found;
  const [first] = tickets;
  const isOneTicket = withinSeconds === null && first !== undefined;
  return {
    spent: format.duration(seconds),
    within: withinSeconds === null ? null : format.duration(withinSeconds),
    ticket: isOneTicket ? labelOf(first, format) : null,
    tickets: tickets
      .slice(0, namedMax)
      .map((one) => ({ label: labelOf(one, format), time: format.duration(one.seconds) })),
    technicians: technicians
      .slice(0, namedMax)
      .map((one) => ({ name: one.name, time: format.duration(one.seconds) })),
  };
}

function labelOf({ number, summary }: UsedTicket, { locale }: Format): string {
  return number === null ? words[languageOf(locale)].withoutTicket : `#${number} ${summary}`;
}

function levelTexts({ levels }: FoundUsage, format: Format): string[] {
  return [...new Set(levels.map(({ alarm }) => usageLevelText(alarm, format)))];
}

/** `5 h or more within 24 h`, `6 h or more on one ticket`. */
export function usageLevelText(level: UsageLevel, format: Format): string {
  const { within, onTicket } = words[languageOf(format.locale)];
  const time = (seconds: number) => inProse(format).duration(seconds);
  return 'usedSeconds' in level
    ? within(time(level.usedSeconds), time(level.withinSeconds))
    : onTicket(time(level.ticketSeconds));
}

const words = {
  en: {
    withoutTicket: 'time without a ticket',
    within: (used: string, window: string) => `${used} or more within ${window}`,
    onTicket: (used: string) => `${used} or more on one ticket`,
  },
  fr: {
    withoutTicket: 'temps sans ticket',
    within: (used: string, window: string) => `${used} ou plus en ${window}`,
    onTicket: (used: string) => `${used} ou plus sur un même ticket`,
  },
};
