/** Which lists there are, what each shows and by which fields it can be searched. */
import type { Fields, Table } from './records.ts';
import { type ConnectwiseState, companyAnswer } from './state.ts';

export interface Resource {
  rows(): Fields[];
  table: Table;
  searchable: ReadonlySet<string>;
  /** The field that a broken row has broken. */
  fragile: string;
  present?(row: Fields): Fields;
}

export interface Place {
  resource: Resource;
  /** The row that the path names, where it names one. */
  id: number | null;
  parentId: number | null;
  /** Whether the row that the list belongs to is there (`/service/tickets/{id}/notes`). */
  hasParent: boolean;
  /** `/service/tickets/{id}/notes`, for looking up what may be written. */
  pattern: string;
  isCount: boolean;
}

/** What the path below `/apis/3.0` leads to; null for what the sandbox does not have. */
export function findPlace(state: ConnectwiseState, path: string): Place | null {
  const isCount = path.endsWith('/count');
  const steps = (isCount ? path.slice(0, -'/count'.length) : path).split('/').slice(1);
  const ids = steps.filter((step) => /^\d+$/.test(step)).map(Number);
  const isItem = /^\d+$/.test(steps.at(-1) ?? '');
  const pattern = `/${steps.map((step) => (/^\d+$/.test(step) ? '{id}' : step)).join('/')}`;
  const list = isItem ? pattern.slice(0, -'/{id}'.length) : pattern;
  const id = isItem ? (ids.at(-1) ?? null) : null;
  const parentId = list.includes('{id}') ? (ids[0] ?? null) : null;
  const resource = resourceAt(state, list, parentId ?? 0);
  if (resource === null) return null;
  const parents = resourceAt(state, list.slice(0, Math.max(0, list.indexOf('/{id}'))), 0);
  const hasParent = parentId === null || parents?.rows().some(({ id }) => id === parentId) === true;
  return { resource, id, parentId, hasParent, pattern, isCount };
}

function resourceAt(state: ConnectwiseState, list: string, parentId: number): Resource | null {
  const { tables } = state;
  const board = (row: Fields) => (row.board as Fields).id === parentId;
  const ticketFields =
    'summary company/id board/id board/name status/id closedFlag closedDate agreement/id';
  switch (list) {
    case '/company/companies':
      return {
        ...plain(tables.companies, 'name identifier deletedFlag'),
        present: (row) => companyAnswer(tables, row),
      };
    case '/service/tickets':
      return part(
        plain(tables.tickets, `${ticketFields} externalXRef recordType`, 'status'),
        (row) => row.recordType === 'ServiceTicket',
      );
    case '/project/tickets':
      return part(
        plain(tables.tickets, ticketFields, 'status'),
        (row) => row.recordType === undefined,
      );
    case '/service/tickets/{id}/notes':
      return part(
        plain(tables.notes, 'text internalAnalysisFlag detailDescriptionFlag', 'text'),
        (row) => row.ticketId === parentId,
      );
    case '/time/entries':
      return plain(
        tables.timeEntries,
        'company/id chargeToId chargeToType member/id timeStart status ticket/id',
        'actualHours',
      );
    case '/service/boards':
      return plain(tables.boards, 'name inactiveFlag projectFlag');
    case '/service/boards/{id}/types':
      return part(plain(tables.boardTypes, 'name inactiveFlag'), board);
    case '/service/boards/{id}/statuses':
      return part(plain(tables.boardStatuses, 'name closedStatus'), board);
    case '/system/departments':
      return plain(tables.departments, 'name identifier');
    case '/system/members':
      return plain(tables.members, 'identifier primaryEmail officeEmail inactiveFlag');
    case '/system/callbacks':
      return plain(tables.callbacks, 'url type');
    case '/system/locations':
      return plain(tables.locations, 'name');
    case '/time/workTypes':
      return plain(tables.workTypes, 'name');
    case '/time/workRoles':
      return plain(tables.workRoles, 'name');
    default:
      return financeResourceAt(state, list, parentId);
  }
}

function financeResourceAt(
  { tables }: ConnectwiseState,
  list: string,
  _parentId: number,
): Resource | null {
  switch (list) {
    case '/finance/invoices':
      return plain(tables.invoices, 'company/id reference type invoiceNumber date', 'total');
    case '/finance/agreements':
      return plain(
        tables.agreements,
        'company/id name applicationUnits agreementStatus cancelledFlag',
      );
    case '/procurement/products':
      return plain(tables.products, 'company/id integrationXRef invoice/id ticket/id', 'price');
    case '/procurement/catalog':
      return plain(tables.catalog, 'identifier inactiveFlag');
    default:
      return null;
  }
}

function plain(table: Table, fields: string, fragile = 'name'): Resource {
  return {
    rows: () => table.list(),
    table,
    searchable: new Set(['id', 'lastUpdated', ...fields.split(' ')]),
    fragile,
  };
}

function part(resource: Resource, keep: (row: Fields) => boolean): Resource {
  return { ...resource, rows: () => resource.table.list(keep) };
}
