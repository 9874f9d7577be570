import type { ReconcileStore } from '../../port.ts';
import type { Database } from '../database.ts';
import { noteInvoice } from '../replenish/orders.ts';
import { readBookedInvoices, readDoubleInvoices, streamDeliveries } from './deliveries.ts';
import { differenceStore } from './differences.ts';
import { listingStore } from './listing.ts';
import { mirroredStore } from './mirrored.ts';

export function reconcileStore(database: Database): ReconcileStore {
  return {
    ...listingStore(database),
    ...mirroredStore(database),
    streamDeliveries: (connection, clientIds, since) =>
      streamDeliveries(database, connection, clientIds, since),
    readDoubleInvoices: async (connection, clientIds) =>
      readDoubleInvoices(database, connection, clientIds),
    readBookedInvoices: async (connection, clientIds) =>
      readBookedInvoices(database, connection, clientIds),
    ...differenceStore(database),
    noteInvoice: async (key, at, isThere) => noteInvoice(database, key, at, isThere),
  };
}
