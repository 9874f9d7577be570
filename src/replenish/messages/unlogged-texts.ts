import type { Client } from '../../domain/agreements/terms.ts';
import { type Format, formatIn, type Language, languageOf } from '../../domain/format.ts';
import { type Instant, msFromInstant } from '../../domain/time.ts';
import { wallClockAt } from '../../domain/zone.ts';
import type { UnloggedRow } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { inProse } from './phrases.ts';

interface Told {
  technician: string;
  client: string;
  /** `2 h 10`. */
  duration: string;
  date: string;
  /** `14:02–16:12`, with the length where it is not the same. */
  times: string[];
  devices: string[];
  connection: string;
  list: Format['list'];
}

/** What a technician's sessions of one day show and nobody logged, for the MSP's people. */
export function composeUnlogged(
  context: Pick<ReplenishContext, 'locale' | 'durations'>,
  { name, timezone }: Pick<Client, 'name' | 'timezone'>,
  rows: readonly UnloggedRow[],
): { subject: string; body: string } {
  const format = inProse(formatIn(context));
  const clock = (at: Instant) =>
    new Date(wallClockAt(msFromInstant(at), timezone)).toISOString().slice(11, 16);
  const [first] = rows;
  if (first === undefined) throw new Error('a proposal needs unlogged time');
  return texts[languageOf(context.locale)]({
    technician: first.technician,
    client: name,
    duration: format.duration(rows.reduce((sum, { seconds }) => sum + seconds, 0)),
    date: format.date(first.workedOn),
    times: rows.map(({ startedAt, endedAt, seconds }) => {
      const span = `${clock(startedAt)}–${clock(endedAt)}`;
      const isWhole = msFromInstant(endedAt) - msFromInstant(startedAt) === seconds * 1000;
      return isWhole ? span : `${span} (${format.duration(seconds)})`;
    }),
    devices: [...new Set(rows.flatMap(({ device }) => device ?? []))],
    connection: first.connection,
    list: format.list,
  });
}

const texts: Record<Language, (told: Told) => { subject: string; body: string }> = {
  en: ({ technician, client, duration, date, times, devices, connection, list }) => {
    const where = devices.length === 0 ? '' : ` on ${list(devices)}`;
    return {
      subject: `Prepaid hours – ${client}: ${duration} of remote sessions, not logged`,
      body: `${technician}, ${date}: ${duration} of remote sessions${where} for ${client}, not logged: ${list(times)}.

To do: log the time if it was work for the client. Nothing is debited for it until then. “${connection}” recorded the sessions; a session that was left open is not work.`,
    };
  },
  fr: ({ technician, client, duration, date, times, devices, connection, list }) => {
    const where = devices.length === 0 ? '' : ` sur ${list(devices)}`;
    return {
      subject: `Heures prépayées – ${client}\u00a0: ${duration} de sessions à distance, non saisies`,
      body: `${technician}, ${date}\u00a0: ${duration} de sessions à distance${where} pour ${client}, non saisies\u00a0: ${list(times)}.

À faire\u00a0: saisir le temps s’il s’agit d’un travail pour le client. D’ici là, rien n’est décompté. Les sessions ont été enregistrées par «\u00a0${connection}\u00a0»\u00a0; une session restée ouverte n’est pas du travail.`,
    };
  },
};
