/** State of the sandbox's PSA: set up by tests and the demo, read and written through HTTP. */
import { createBilling } from './billing.ts';
import { type Fields, referenceTo, Table } from './records.ts';
import { createWork } from './work.ts';

export interface StateOptions {
  now?: () => number;
}

/** Ways in which one installation differs from another. */
export interface Switches {
  /** A limited security role: `_info` is left out of every row. */
  hidesInfo: boolean;
  /** `conditions` is read and ignored. */
  ignoresConditions: boolean;
  /** Fields that conditions silently never match by (`externalXRef`). */
  unsearchable: Set<string>;
  /** Path beginnings that this API member may not read or write. */
  denied: Set<string>;
  /** Whether a product may be put on an invoice or a ticket when it is made. */
  linksProducts: boolean;
  /** Whether a note keeps the flags that it was sent with. */
  keepsNoteFlags: boolean;
  /** Whether a PATCH of a ticket's status does anything. */
  setsStatus: boolean;
  /** Whether a PATCH of custom fields leaves the fields that it does not carry alone. */
  mergesCustomFields: boolean;
  /** Whether a timestamp with a zone in conditions is refused. */
  refusesZones: boolean;
  /** Whether forward-only paging exists; else next links carry page numbers. */
  pagesForward: boolean;
}

export function createState(options: StateOptions = {}) {
  const now = options.now ?? Date.now;
  const tables = createTables(now);
  const switches: Switches = {
    hidesInfo: false,
    ignoresConditions: false,
    unsearchable: new Set(),
    denied: new Set(),
    linksProducts: true,
    keepsNoteFlags: true,
    setsStatus: true,
    mergesCustomFields: false,
    refusesZones: false,
    pagesForward: true,
  };
  const state = {
    tables,
    switches,
    codebase: 'v2026_1/',
    /** The service moves house: the old path answers 404 from now on. */
    move(codebase = 'v2026_2/'): void {
      state.codebase = codebase;
    },
    ...createCompanies(tables),
    ...createLists(tables),
    ...createWork(tables, now),
    ...createBilling(tables, now),
  };
  return state;
}

export type ConnectwiseState = ReturnType<typeof createState>;

export type Tables = ReturnType<typeof createTables>;

function createTables(now: () => number) {
  let lastTicketId = 5500;
  const ticketId = () => ++lastTicketId;
  return {
    companies: new Table(now),
    members: new Table(now),
    workTypes: new Table(now),
    workRoles: new Table(now),
    boards: new Table(now),
    boardTypes: new Table(now),
    boardStatuses: new Table(now),
    /** Service and project tickets share one row of numbers. */
    tickets: new Table(now, ticketId),
    notes: new Table(now),
    timeEntries: new Table(now),
    invoices: new Table(now),
    products: new Table(now),
    catalog: new Table(now),
    agreements: new Table(now),
    departments: new Table(now),
    locations: new Table(now),
    customFields: new Table(now),
    callbacks: new Table(now),
  };
}

export interface NewCompany {
  name: string;
  identifier?: string;
  /** Default: EUR. */
  currency?: string;
  at?: string;
}

/** Every `add…` returns the new id. */
function createCompanies(tables: Tables) {
  return {
    addCompany(company: NewCompany): number {
      const { name, currency: currencyCode = 'EUR', at } = company;
      const identifier = company.identifier ?? name.replaceAll(/\W/g, '').slice(0, 25);
      const currency = { id: 1, currencyCode };
      const fields = { identifier, name, currency, deletedFlag: false, customFields: [] };
      return tables.companies.add(fields, at).id;
    },
    renameCompany(id: number, name: string, at?: string): void {
      tables.companies.change(id, { name }, at);
    },
    /** A custom field that every company has from now on, empty. */
    addCustomField(field: { caption: string; type?: 'Text' | 'Number' | 'Checkbox' }): number {
      const { caption, type = 'Text' } = field;
      const entry = { caption, type, entryMethod: 'EntryField', numberOfDecimals: 2 };
      return tables.customFields.add(entry).id;
    },
    setCustomField(companyId: number, caption: string, value: string | number): void {
      const field = tables.customFields.list((row) => row.caption === caption)[0];
      if (field === undefined) throw new Error(`The sandbox has no custom field ${caption}.`);
      const values = customValues(tables, companyId);
      values.set(field.id, value);
      tables.companies.change(companyId, { customFields: fromValues(values) });
    },
  };
}

/** The lists that tickets and time refer to. */
function createLists(tables: Tables) {
  return {
    addMember(member: {
      name: string;
      identifier?: string;
      primaryEmail?: string;
      officeEmail?: string;
    }): number {
      const identifier = member.identifier ?? member.name.toLowerCase().replaceAll(/\W/g, '');
      return tables.members.add({ identifier, ...member }).id;
    },
    addWorkType(workType: { name: string }): number {
      return tables.workTypes.add({ name: workType.name }).id;
    },
    addWorkRole(workRole: { name: string }): number {
      return tables.workRoles.add({ name: workRole.name }).id;
    },
    /** A board with its statuses, the last of which closes tickets. */
    addBoard(board: { name: string; types?: string[]; statuses?: string[]; isProject?: boolean }) {
      const row = tables.boards.add({
        name: board.name,
        location: { id: 2, name: 'Head office' },
        department: { id: 10, identifier: 'Service', name: 'Service' },
        projectFlag: board.isProject ?? false,
        inactiveFlag: false,
      });
      const reference = referenceTo(row, 'name');
      for (const name of board.types ?? ['Request', 'Incident']) {
        tables.boardTypes.add({ name, board: reference, inactiveFlag: false });
      }
      const statuses = board.statuses ?? ['New', 'In progress', 'Closed'];
      statuses.forEach((name, index) => {
        const closedStatus = index === statuses.length - 1;
        tables.boardStatuses.add({ name, board: reference, closedStatus, inactive: false });
      });
      return row.id;
    },
    addDepartment(department: { name: string }): number {
      const { name } = department;
      return tables.departments.add({ identifier: name, name }).id;
    },
    addLocation(location: { name: string }): number {
      const fields = { name: location.name, structureLevel: { id: 1 } };
      return tables.locations.add(fields).id;
    },
  };
}

/** Values of a company's custom fields by the field's id. */
export function customValues(tables: Tables, companyId: number): Map<number, unknown> {
  const stored = tables.companies.get(companyId).customFields as { id: number; value: unknown }[];
  return new Map(stored.map((field) => [field.id, field.value]));
}

export function fromValues(values: Map<number, unknown>): { id: number; value: unknown }[] {
  return [...values].map(([id, value]) => ({ id, value }));
}

/** A company as it is answered: with every custom field, filled or not. */
export function companyAnswer(tables: Tables, company: Fields): Fields {
  const values = customValues(tables, company.id);
  const customFields = tables.customFields.list().map(({ id, _info, ...field }) => {
    const value = values.get(id);
    return { id, ...field, ...(value === undefined ? {} : { value }) };
  });
  return { ...company, customFields };
}
