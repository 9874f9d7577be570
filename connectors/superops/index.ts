import { describeVendor } from '../kit/connector.ts';
import { balancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { saleTicketPush } from '../kit/writing/sale-text.ts';
import { createSuperOps } from './call.ts';
import { checkConnection } from './check.ts';
import { SuperopsConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { countTime, presentTime, pull } from './pull.ts';
import { alertRecord, clientFields, draftRecord, notes, paymentHint } from './push.ts';
import { probeConnection } from './verify.ts';

/** SuperOps PSA. See README.md. */
export const superops = describeVendor({
  id: 'superops',
  title: 'SuperOps',
  config: SuperopsConfig,
  table: {
    approval: false,
    deletions: 'sweep',
    sale: 'ticket or invoice',
    ownBlocks: 'contracts warned of',
  },
  facts,
  evidence: ['schema'],
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  // An invoice request ticket leads to an invoice without our key.
  showsPayment: (config) => config.billing.route === 'invoice',
  open: createSuperOps,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listClients,
    pull,
    presentTime,
    countTime,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: (open, { billing }) =>
        billing.route === 'invoice'
          ? keyedPush(facts, draftRecord)(open)
          : saleTicketPush(facts, alertRecord, paymentHint)(open),
      'balance-field': balancePush(facts, clientFields),
    },
  },
});
