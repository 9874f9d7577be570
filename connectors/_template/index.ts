import { describeVendor } from '../kit/connector.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createPlainDesk } from './call.ts';
import { checkConnection } from './check.ts';
import { PlainDeskConfig } from './config.ts';
import { facts } from './facts.ts';
import { pull } from './pull.ts';
import { alertRecord, notes, saleRecord } from './push.ts';

/** An invented help desk. Unsupported features are left out of `parts`, not stubbed. */
export const plainDesk = describeVendor({
  id: '_template',
  title: 'Plain Desk',
  config: PlainDeskConfig,
  table: { approval: false, deletions: null, sale: 'invoice', ownBlocks: null },
  facts,
  evidence: [],
  open: createPlainDesk,
  parts: {
    check: checkConnection,
    pull,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: keyedPush(facts, saleRecord),
    },
  },
});
