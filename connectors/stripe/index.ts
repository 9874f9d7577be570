import { describeVendor } from '../kit/connector.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createStripe } from './call.ts';
import { checkConnection } from './check.ts';
import { StripeConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { pullMandates } from './mandates.ts';
import { pullPayments } from './pull.ts';
import { rechargeRecord } from './push.ts';
import { isSigned } from './webhook.ts';

/** Stripe, a payment provider: direct debits and cards, charged without the client. See README.md. */
export const stripe = describeVendor({
  id: 'stripe',
  title: 'Stripe',
  config: StripeConfig,
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  facts,
  evidence: ['schema', 'official client'],
  open: createStripe,
  parts: {
    check: checkConnection,
    listClients,
    pull: { payments: pullPayments, mandates: pullMandates },
    push: { recharge: keyedPush(facts, rechargeRecord) },
    webhook: (_, config) => ({ isSigned: async (poke) => isSigned(config, poke) }),
  },
});
