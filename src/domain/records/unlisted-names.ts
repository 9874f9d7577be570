import type { Agreement } from '../agreements/terms.ts';
import type { TicketRow, TimeEntryRow } from './rows.ts';

/**
 * The placeholder in a row for a name that is not in the vendor's lists (a built-in role, a deleted
 * work type): no rule by name matches it, and the row is still processed.
 */
export function unlistedName(id: string): string {
  return `#${id}`;
}

const namesOfTicket = ['board', 'ticketType', 'agreement', 'status'] as const;
const namesOfTime = ['technician', 'workType', 'role', 'agreement'] as const;

type NamedField = (typeof namesOfTicket)[number] | (typeof namesOfTime)[number];

export interface UnlistedName {
  field: NamedField;
  name: string;
}

export function unlistedInTicket(row: TicketRow): UnlistedName[] {
  return namesOfTicket.flatMap((field) => unlistedAt(field, row[field]));
}

export function unlistedInTime(row: TimeEntryRow): UnlistedName[] {
  return namesOfTime.flatMap((field) => unlistedAt(field, row[field]));
}

function unlistedAt(field: NamedField, name: string | null): UnlistedName[] {
  return name !== null && /^#\d+$/.test(name) ? [{ field, name }] : [];
}

/** Whether the agreement has rules by such a name; a status name decides what is closed. */
export function isReadByRules(field: NamedField, agreement: Agreement): boolean {
  const { applies, roles, workTypes, multipliers, rates, workTypeMinimums, proactive } = agreement;
  switch (field) {
    case 'status':
      return true;
    case 'board':
      return applies.boards !== null || (proactive?.boards ?? []).length > 0;
    case 'ticketType':
      return applies.ticketTypes !== null || (proactive?.ticketTypes ?? []).length > 0;
    case 'agreement':
      return applies.agreements !== null;
    case 'technician':
      return agreement.excludedTechnicians.length > 0;
    case 'role':
      return (
        roles.covered.length + roles.excluded.length > 0 ||
        multipliers.some(({ role }) => role !== null)
      );
    case 'workType': {
      const planned = proactive?.workTypes ?? [];
      const listed = [workTypes.covered, workTypes.excluded, workTypeMinimums, planned].flat();
      const priced = rates?.workTypes ?? [];
      return (
        listed.length + priced.length > 0 || multipliers.some(({ workType }) => workType !== null)
      );
    }
  }
}
