/** Autotask PSA (Datto, Kaseya). What it can, cannot and needs is in README.md. */
import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check.ts';
import { AutotaskConfig } from './config.ts';
import { createDirectory } from './directory.ts';
import { listClients, listNames } from './names.ts';
import { createOwners } from './owners.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import { createPulls } from './pull.ts';
import { createInvoicePull } from './pull-invoices.ts';
import { createTimePull } from './pull-time.ts';
import { createBalancePush } from './push-balance.ts';
import { billingCodeOf, createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush } from './push-ticket.ts';
import type { Rooms } from './rooms.ts';

export const autotask: VendorModule<AutotaskConfig> = {
  id: 'autotask',
  title: 'Autotask PSA',
  config: AutotaskConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: {
    approval: true,
    billedTime: true,
    deletions: 'deletion log and sweep',
    sale: 'block and charge',
    ownBlocks: 'warned of',
  },
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  needsProduct: ({ billing }) => billing?.billingCode === undefined,
  create(config, context) {
    const api = createApi(config, context);
    const rooms: Rooms = { api, directory: createDirectory(api), owners: createOwners(api) };
    return {
      check: (clientIds, signal) => checkConnection(rooms, clientIds, signal),
      probe: (clientId, signal) => probeConnection(rooms, clientId, signal),
      listNames: (clientIds, signal) => listNames(rooms, clientIds, signal),
      listClients: (signal) => listClients(rooms, signal),
      proveProduct: async (name, signal) => {
        await billingCodeOf(rooms, { product: name, offer: '' }, signal);
      },
      pull: {
        ...createPulls(rooms),
        timeEntries: createTimePull(rooms),
        invoices: createInvoicePull(rooms),
        present: createPresence(rooms),
      },
      push: {
        'alert-ticket': createAlertPush(rooms),
        'ticket-note': createNotePush(rooms),
        invoice: createInvoicePush(rooms),
        'balance-field': createBalancePush(rooms),
      },
    };
  },
};
