/** State of the sandbox's Autotask: set up by tests, read and written through HTTP. */
import { type Entity, models } from './models.ts';

export interface Row {
  id: number;
  [field: string]: unknown;
}

/** Ways in which one tenant, or one API user, differs from another. */
export interface Switches {
  /** Entities of which this API user is shown nothing, and not told so. */
  hidden: Set<Entity>;
  hidesNonBillable: boolean;
  ignoresFilters: boolean;
  /** Fields by which this tenant cannot be asked. */
  unqueryable: Set<string>;
  /** Pages hold a row less than they count. */
  cutsPages: boolean;
  keepsNotePublish: boolean;
  keepsChargeKey: boolean;
  keepsTicketKey: boolean;
  /** Whether a PATCH of one user-defined field leaves the others alone. */
  mergesFields: boolean;
  tellsThreshold: boolean;
  /** Milliseconds that each request takes, so that they can meet. */
  latencyMs: number;
}

interface NewTicket {
  company: number;
  title?: string;
  contract?: number;
  at?: string;
  source?: number;
  rmmAlertId?: string;
  monitorId?: number;
}

export interface NewTime {
  ticket?: number;
  task?: number;
  resource?: number;
  billingCode?: number;
  role?: number;
  contract?: number;
  /** `2026-03-02T09:00:00Z`; null: only the day is known. */
  start?: string | null;
  end?: string | null;
  day?: string;
  hours?: number;
  isNonBillable?: boolean;
  notes?: string;
  at?: string;
}

const statusComplete = 5;

export class State {
  readonly tables = new Map<Entity, Row[]>();
  readonly companyFields: string[] = ['Region', 'Prepaid hours left'];
  readonly switches: Switches = {
    hidden: new Set(),
    hidesNonBillable: false,
    ignoresFilters: false,
    unqueryable: new Set(),
    cutsPages: false,
    keepsNotePublish: true,
    keepsChargeKey: true,
    keepsTicketKey: true,
    mergesFields: true,
    tellsThreshold: true,
    latencyMs: 0,
  };
  /** Requests of this hour, those of other integrations too. */
  requests = 0;
  zone = 5;
  private lastId = 1000;
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
    for (const entity of Object.keys(models) as Entity[]) this.tables.set(entity, []);
  }

  move(): void {
    this.zone += 1;
  }

  rows(entity: Entity): Row[] {
    return this.tables.get(entity) ?? [];
  }

  /** What this API user is shown. */
  visible(entity: Entity): Row[] {
    if (this.switches.hidden.has(entity)) return [];
    const rows = [...this.rows(entity)];
    const hides = entity === 'TimeEntries' && this.switches.hidesNonBillable;
    return hides ? rows.filter((row) => row.isNonBillable !== true) : rows;
  }

  find(entity: Entity, id: number): Row | undefined {
    return this.rows(entity).find((row) => row.id === id);
  }

  get(entity: Entity, id: number): Row {
    const row = this.find(entity, id);
    if (row === undefined) throw new Error(`The sandbox has no row ${id} of ${entity}.`);
    return row;
  }

  add(entity: Entity, fields: Record<string, unknown>): number {
    this.lastId += 1;
    this.rows(entity).push({ id: this.lastId, ...fields });
    return this.lastId;
  }

  timestamp(at?: string): string {
    return at ?? new Date(this.now()).toISOString();
  }

  addCompany(companyName: string): number {
    const at = this.timestamp();
    const userDefinedFields = this.companyFields.map((name) => ({ name, value: null }));
    const timestamps = { createDate: at, lastActivityDate: at, lastTrackedModifiedDateTime: at };
    return this.add('Companies', { companyName, isActive: true, ...timestamps, userDefinedFields });
  }

  addResource(firstName: string, lastName: string, email: string | null = null): number {
    return this.add('Resources', { firstName, lastName, email, isActive: true });
  }

  addRole(name: string): number {
    return this.add('Roles', { name, isActive: true });
  }

  addBillingCode(name: string): number {
    return this.add('BillingCodes', { name, isActive: true, useType: 1 });
  }

  addContract(companyID: number, contractName: string, contractType = 4, endDate = '2099-12-31') {
    const days = { startDate: '2020-01-01T00:00:00Z', endDate: `${endDate}T00:00:00Z` };
    return this.add('Contracts', { companyID, contractName, contractType, status: 1, ...days });
  }

  addTicket(ticket: NewTicket): number {
    const at = this.timestamp(ticket.at);
    const id = this.add('Tickets', {
      companyID: ticket.company,
      title: ticket.title ?? 'Printer jams',
      contractID: ticket.contract,
      status: 1,
      priority: 2,
      queueID: 29682833,
      ticketType: 2,
      source: ticket.source,
      rmmAlertID: ticket.rmmAlertId,
      monitorID: ticket.monitorId,
      createDate: at,
      lastActivityDate: at,
      lastTrackedModificationDateTime: at,
      userDefinedFields: [],
    });
    this.get('Tickets', id).ticketNumber = `T20260301.${String(id).padStart(4, '0')}`;
    return id;
  }

  closeTicket(id: number, at?: string): void {
    const timestamp = this.timestamp(at);
    const timestamps = { completedDate: timestamp, lastTrackedModificationDateTime: timestamp };
    this.change('Tickets', id, {
      status: statusComplete,
      lastActivityDate: timestamp,
      ...timestamps,
    });
  }

  change(entity: Entity, id: number, fields: Record<string, unknown>): void {
    Object.assign(this.get(entity, id), fields);
  }

  addTime(time: NewTime): number {
    const at = this.timestamp(time.at);
    const start = time.start === undefined ? '2026-03-02T09:00:00Z' : time.start;
    const hours = time.hours ?? 1;
    const end =
      start === null || time.end === null
        ? null
        : (time.end ?? new Date(Date.parse(start) + hours * 3_600_000).toISOString());
    const day = time.day ?? (start ?? '2026-03-02').slice(0, 10);
    if (time.ticket !== undefined) this.change('Tickets', time.ticket, { lastActivityDate: at });
    return this.add('TimeEntries', {
      ticketID: time.ticket,
      taskID: time.task,
      resourceID: time.resource ?? this.rows('Resources')[0]?.id,
      roleID: time.role ?? this.rows('Roles')[0]?.id,
      billingCodeID: time.billingCode ?? this.rows('BillingCodes')[0]?.id,
      contractID: time.contract,
      dateWorked: `${day}T00:00:00Z`,
      startDateTime: start,
      endDateTime: end,
      hoursWorked: hours,
      hoursToBill: hours,
      offsetHours: 0,
      isNonBillable: time.isNonBillable ?? false,
      showOnInvoice: true,
      summaryNotes: time.notes,
      createDateTime: at,
      lastModifiedDateTime: at,
    });
  }

  deleteTime(id: number): void {
    this.get('TimeEntries', id);
    this.remove('TimeEntries', id);
  }

  deleteTicket(id: number): void {
    this.get('Tickets', id);
    this.remove('Tickets', id);
    this.tables.set(
      'TimeEntries',
      this.rows('TimeEntries').filter((row) => row.ticketID !== id),
    );
  }

  remove(entity: Entity, id: number): void {
    this.tables.set(
      entity,
      this.rows(entity).filter((row) => row.id !== id),
    );
  }

  /** What Approve & Post and the invoice run make of charges. */
  invoiceCharges(companyID: number, chargeIds: readonly number[], at?: string): number {
    const timestamp = this.timestamp(at);
    const charges = chargeIds.map((id) => this.get('ContractCharges', id));
    const invoiceTotal = charges.reduce(
      (sum, { billableAmount }) => sum + Number(billableAmount),
      0,
    );
    const invoiceID = this.add('Invoices', {
      companyID,
      invoiceTotal,
      isVoided: false,
      createDateTime: timestamp,
      invoiceDateTime: timestamp,
      invoiceNumber: `I-${this.lastId}`,
    });
    for (const charge of charges) {
      charge.isBilled = true;
      const { contractID, billableAmount: totalAmount, billingCodeID, unitQuantity } = charge;
      const item = {
        companyID,
        invoiceID,
        contractChargeID: charge.id,
        contractID,
        totalAmount,
        extendedPrice: totalAmount,
        billingCodeID,
        quantity: unitQuantity,
      };
      this.add('BillingItems', { ...item, postedDate: timestamp });
    }
    return invoiceID;
  }
}
