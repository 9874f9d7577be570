import type { NameIds, StreamName } from '../../../domain/records/rows.ts';
import type { MirrorRows } from '../../port.ts';
import { columnOf, type SqlValue, toValue } from '../database.ts';

/** A row in the order of its table's columns. */
export interface MirrorRow {
  sourceId: string;
  values: readonly SqlValue[];
  updatedAt: string;
}

export interface MirrorTable<Field = string> {
  name: string;
  /**
   * Besides `connection` and `source_id`. The revision covers all but a technician's e-mail: a new
   * one alone changes no row. Their order is that of the values under its hash.
   */
  fields: readonly Field[];
  hasUpdatedAt?: true;
  hasDeletedAt?: true;
}

type RowOf<Stream extends StreamName> = Extract<MirrorRows, { stream: Stream }>['rows'][number];

export const tables: { [Stream in StreamName]: MirrorTable<keyof RowOf<Stream>> } = {
  clients: { name: 'mirror_client', fields: ['name'] },
  tickets: {
    name: 'mirror_ticket',
    fields: [
      'number',
      'clientId',
      'summary',
      'board',
      'ticketType',
      'agreement',
      'status',
      'source',
      'createdAt',
      'isClosed',
      'closedAt',
      'mergedInto',
      'ids',
    ],
    hasUpdatedAt: true,
  },
  timeEntries: {
    name: 'mirror_time_entry',
    fields: [
      'ticketId',
      'clientId',
      'technicianId',
      'technician',
      'technicianEmail',
      'startedAt',
      'endedAt',
      'isTimed',
      'seconds',
      'precisionSeconds',
      'billedSeconds',
      'secondsText',
      'kind',
      'workType',
      'role',
      'isBillable',
      'isApproved',
      'agreement',
      'note',
      'ids',
    ],
    hasUpdatedAt: true,
    hasDeletedAt: true,
  },
  sessions: {
    name: 'mirror_session',
    fields: [
      'clientId',
      'technicianId',
      'technician',
      'technicianEmail',
      'device',
      'ticketId',
      'entryId',
      'startedAt',
      'endedAt',
    ],
  },
  invoices: {
    name: 'mirror_invoice',
    fields: [
      'number',
      'clientId',
      'reference',
      'saleId',
      'currency',
      'totalMinor',
      'netMinor',
      'paidMinor',
      'creditedMinor',
      'isPaid',
      'isVoid',
      'issuedOn',
      'paidOn',
      'lines',
    ],
  },
  payments: {
    name: 'mirror_payment',
    fields: [
      'reference',
      'clientId',
      'status',
      'amountMinor',
      'currency',
      'reversedMinor',
      'reason',
      'failure',
      'createdAt',
      'settledOn',
    ],
  },
  mandates: {
    name: 'mirror_mandate',
    fields: ['clientId', 'scheme', 'status', 'detail', 'expiresOn'],
  },
};

export function columnsOf({ fields }: MirrorTable): string[] {
  return fields.map((field) => (field === 'ids' ? 'name_ids' : columnOf(field)));
}

export function toMirrorRows({ stream, rows }: MirrorRows): MirrorRow[] {
  const fields: readonly string[] = tables[stream].fields;
  return rows.map((row) => {
    const found: { [field: string]: unknown } = { ...row };
    const values = fields.map((field) => {
      if (field === 'ids') return nameIdsText(found.ids as NameIds | undefined);
      return toValue(Array.isArray(found[field]) ? JSON.stringify(found[field]) : found[field]);
    });
    return { sourceId: row.sourceId, values, updatedAt: 'updatedAt' in row ? row.updatedAt : '' };
  });
}

/** In a fixed order, so that equal IDs give equal text. */
function nameIdsText(ids: NameIds = {}): string | null {
  const present = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
  return present.length === 0 ? null : JSON.stringify(Object.fromEntries(present));
}

/** Back from the column that `nameIdsText` filled. */
export function withNameIds<Row extends { nameIds: string | null }>({
  nameIds,
  ...row
}: Row): Omit<Row, 'nameIds'> & { ids?: NameIds } {
  return nameIds === null ? row : { ...row, ids: JSON.parse(nameIds) as NameIds };
}
