import type { StandingEntry, StandingTicket } from '../domain/charges/standing.ts';
import type { NameBook } from '../domain/records/names.ts';
import type { MirrorTicket, MirrorTimeEntry } from '../store/port.ts';

/** The entry with the names used in the rules. */
export function asRuled(entry: MirrorTimeEntry, names: NameBook): StandingEntry {
  const { connection, ids = {}, agreement } = entry;
  const ruled = names.ruleNames(connection, 'agreement', ids.agreement, agreement);
  return ruled === undefined ? entry : { ...entry, agreement: ruled };
}

export function ticketAsRuled(ticket: MirrorTicket, names: NameBook): StandingTicket {
  const { connection, ids = {} } = ticket;
  const ruled = (kind: 'board' | 'ticketType' | 'agreement') =>
    names.ruleNames(connection, kind, ids[kind], ticket[kind]) ?? ticket[kind];
  const board = ruled('board');
  const ticketType = ruled('ticketType');
  const agreement = ruled('agreement');
  const isSame =
    board === ticket.board && ticketType === ticket.ticketType && agreement === ticket.agreement;
  return isSame ? ticket : { ...ticket, board, ticketType, agreement };
}
