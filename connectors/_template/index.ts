import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createPlainDesk } from './call.ts';
import { checkConnection } from './check.ts';
import { PlainDeskConfig } from './config.ts';
import { facts } from './facts.ts';
import { pull } from './pull.ts';
import { createAlertPush, createInvoicePush, createNotePush } from './push.ts';

/** An invented help desk. Unsupported features are left out of `pulls` and `pushes`, not stubbed. */
export const plainDesk: VendorModule<PlainDeskConfig> = {
  id: '_template',
  title: 'Plain Desk',
  config: PlainDeskConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice'],
  table: { approval: false, deletions: null, sale: 'invoice', ownBlocks: null },
  facts: facts.rows,
  evidence: [],
  create: (config, context) =>
    bindConnector(createPlainDesk(config, context), {
      check: checkConnection,
      pull,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createInvoicePush,
      },
    }),
};
