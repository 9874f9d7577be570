import type { StandingEntry, StandingTicket } from '../domain/charges/standing.ts';
import type { NameBook } from '../domain/records/names.ts';
import type { MirrorTicket, MirrorTimeEntry } from '../store/port.ts';

/** The entry with the names used in the rules. */
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
