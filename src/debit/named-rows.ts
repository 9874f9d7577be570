import type { ChargeableEntry } from '../domain/charge.ts';
import type { NameBook } from '../domain/names.ts';
import type { StandingEntry, StandingTicket } from '../domain/standing.ts';
import type { MirrorTicket, MirrorTimeEntry } from '../store/port.ts';

export type EntryNames = NonNullable<ChargeableEntry['ruleNames']>;

/** Only what the rules call otherwise than the vendor does. */
export function namesOfEntry(entry: MirrorTimeEntry, names: NameBook): EntryNames {
  const { connection, ids = {} } = entry;
  const technician = names.ruleNames(
    connection,
    'technician',
    entry.technicianId,
    entry.technician,
  );
  const workType = names.ruleNames(connection, 'workType', ids.workType, entry.workType);
  const role = names.ruleNames(connection, 'role', ids.role, entry.role);
  return {
    ...(technician === undefined ? {} : { technician }),
    ...(workType === undefined ? {} : { workType }),
    ...(role === undefined ? {} : { role }),
  };
}

/** The entry as the rules see it. */
export function asRuled(entry: MirrorTimeEntry, names: NameBook): StandingEntry {
  const { connection, ids = {}, agreement } = entry;
  const ruled = names.ruleNames(connection, 'agreement', ids.agreement, agreement);
  return { ...entry, agreement: ruled ?? agreement };
}

export function ticketAsRuled(ticket: MirrorTicket, names: NameBook): StandingTicket {
  const { connection, ids = {} } = ticket;
  const ruled = (kind: 'board' | 'ticketType' | 'agreement') =>
    names.ruleNames(connection, kind, ids[kind], ticket[kind]) ?? ticket[kind];
  return {
    ...ticket,
    board: ruled('board'),
    ticketType: ruled('ticketType'),
    agreement: ruled('agreement'),
  };
}
