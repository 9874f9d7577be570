import type { ChargeFacts } from '../../domain/charges/charge-facts.ts';
import { isOpeningEdit } from '../../domain/keys.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { isUndoneNote } from '../../domain/ledger/undo.ts';
import type { PostedCharge } from '../../store/port.ts';
import { csvText } from '../format/csv.ts';
import type { Account } from '../revenue/revenue-source.ts';
import type { ExportedEntry } from './buyer-rows.ts';

const chargeColumns = [
  ...['charge_id', 'client_id', 'ticket', 'technician', 'worked_on', 'worked_seconds'],
  'charged_seconds',
];

/** One row per time entry of a charge; `word`: what stands in place of names, with a number. */
export function chargesToCsv(charges: readonly PostedCharge[], word: string | null): string {
  const numbers = new Map<string, number>();
  const rows = inOrder(charges).flatMap(({ id, clientId, facts, seconds }) => {
    const { parts, ticket } = JSON.parse(facts) as ChargeFacts;
    return parts.map((part) => {
      // By first appearance, so that a later export has the same numbers.
      const number = numbers.get(part.technician) ?? numbers.size + 1;
      numbers.set(part.technician, number);
      return [
        id,
        clientId,
        part.ticketNumber ?? ticket?.number ?? null,
        word === null ? part.technician : `${word} ${number}`,
        part.workedOn,
        part.seconds,
        seconds,
      ];
    });
  });
  return csvText([chargeColumns, ...rows]);
}

function inOrder(charges: readonly PostedCharge[]): PostedCharge[] {
  const keyOf = ({ postedAt, id }: PostedCharge) => `${postedAt} ${id}`;
  return charges.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const ownNotes = new Set([
  ...['opening', 'opening-edit', 'overage-paid', 'payment-returned', 'worked-before-expiry'],
]);

/** Notes that people wrote may name anybody; the program's own notes stay. */
export function removeNote(entry: LedgerEntry, { blocks }: Account): ExportedEntry {
  const { note, chargeId, blockId, key, reason } = entry;
  const offer = blocks.find(({ id }) => id === blockId)?.offer ?? null;
  const isOwn =
    note === null ||
    chargeId !== null ||
    ownNotes.has(note) ||
    isUndoneNote(note) ||
    isOpeningEdit(key) ||
    (reason === 'purchase' && note === offer);
  return isOwn ? { ...entry, isNoteRemoved: false } : { ...entry, note: null, isNoteRemoved: true };
}
