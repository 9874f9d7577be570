import { describeVendor } from '../kit/connector.ts';
import { balancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createAutotask } from './call.ts';
import { checkConnection, listNames, probeConnection } from './check.ts';
import { AutotaskConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { countTime, presentTime, pull } from './pull.ts';
import { alertRecord, companyFields, notes } from './push.ts';
import { findBillingCode, listProducts, saleRecord } from './sales.ts';

/** Autotask PSA (Datto, Kaseya). See README.md. */
export const autotask = describeVendor({
  id: 'autotask',
  title: 'Autotask PSA',
  config: AutotaskConfig,
  table: {
    approval: true,
    billedTime: true,
    deletions: 'sweep',
    sale: 'block and charge',
    ownBlocks: 'warned of',
  },
  facts,
  evidence: ['schema'],
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  needsProduct: ({ billing }) => billing?.billingCode === undefined,
  open: createAutotask,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    listProducts,
    proveProduct: findBillingCode,
    pull,
    presentTime,
    countTime,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: keyedPush(facts, saleRecord),
      'balance-field': balancePush(facts, companyFields),
    },
  },
});
