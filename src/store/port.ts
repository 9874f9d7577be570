import type { AgreementStore, ClientStore } from './port/clients.ts';
import type { DebitStore } from './port/debit.ts';
import type { NameStore } from './port/names.ts';
import type { NoticeStore } from './port/notices.ts';
import type { OutboxStore } from './port/outbox.ts';
import type { PullStore } from './port/pull.ts';
import type { RechargeStore } from './port/recharge.ts';
import type { ReconcileStore } from './port/reconcile.ts';
import type { ReplenishStore } from './port/replenish.ts';
import type { ReportStore } from './port/reports.ts';
import type { RunStore } from './port/runs.ts';
import type { SessionStore } from './port/sessions.ts';
import type { UndoStore } from './port/undo.ts';

export { accountFrom } from './port/account.ts';
export type * from './port/clients.ts';
export type * from './port/debit.ts';
export type { HandSale, HandSaleStore, OpenInvoice } from './port/hand-sales.ts';
export { readHandSales } from './port/hand-sales.ts';
export type * from './port/names.ts';
export { readNameBook } from './port/names.ts';
export type * from './port/notices.ts';
export type * from './port/outbox.ts';
export { messageOf } from './port/outbox.ts';
export type * from './port/pull.ts';
export type * from './port/recharge.ts';
export type * from './port/reconcile.ts';
export type * from './port/replenish.ts';
export { emptyBatch, isPaidLate, orderState } from './port/replenish.ts';
export type * from './port/reports.ts';
export type * from './port/runs.ts';
export type * from './port/sessions.ts';
export type * from './port/undo.ts';

/**
 * The database interface. One call is one batch in one transaction; nothing outside this folder
 * sees SQL, and no call exposes a transaction.
 */
export interface Store
  extends AgreementStore,
    ClientStore,
    PullStore,
    DebitStore,
    ReplenishStore,
    RechargeStore,
    NameStore,
    NoticeStore,
    OutboxStore,
    ReconcileStore,
    ReportStore,
    RunStore,
    SessionStore,
    UndoStore {
  close(): Promise<void>;
}
