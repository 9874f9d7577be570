import { describeVendor } from '../kit/connector.ts';
import { balancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { readBlocks } from './agreements.ts';
import { createPsa } from './call.ts';
import { callbacks } from './callbacks.ts';
import { checkConnection, listNames } from './check.ts';
import { ConnectwiseConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients, listProducts, productNumber } from './lists.ts';
import { countTime, presentTime, pull } from './pull.ts';
import { alertRecord, customFields, notes } from './push.ts';
import { saleRecord } from './sales.ts';
import { probeConnection } from './verify.ts';

/** ConnectWise PSA (formerly Manage). See README.md. */
export const connectwise = describeVendor({
  id: 'connectwise',
  title: 'ConnectWise PSA',
  config: ConnectwiseConfig,
  table: {
    approval: true,
    billedTime: true,
    deletions: 'sweep',
    sale: 'invoice',
    ownBlocks: 'compared',
  },
  facts,
  evidence: ['schema'],
  readsBy: ({ approvedFrom }) => ({ time: approvedFrom }),
  // The other route is billed by ConnectWise's own run, whose invoices do not have our reference.
  showsPayment: (config) => config.billing.invoiceRoute === 'invoice',
  needsProduct: ({ billing }) => billing.product === undefined,
  open: createPsa,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    listProducts,
    proveProduct: productNumber,
    pull,
    presentTime,
    countTime,
    blocks: readBlocks,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: keyedPush(facts, saleRecord),
      'balance-field': balancePush(facts, customFields),
    },
    webhook: callbacks,
  },
});
