import { isHmacOf } from '../../src/domain/signature.ts';
import { describeVendor } from '../kit/connector.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createGoCardless } from './call.ts';
import { checkConnection } from './check.ts';
import { GoCardlessConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { pullMandates } from './mandates.ts';
import { pullPayments } from './pull.ts';
import { rechargeRecord } from './push.ts';

/** GoCardless, a payment provider: direct debits against a client's mandate. See README.md. */
export const gocardless = describeVendor({
  id: 'gocardless',
  title: 'GoCardless',
  config: GoCardlessConfig,
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  facts,
  evidence: ['official client'],
  open: createGoCardless,
  parts: {
    check: checkConnection,
    listClients,
    pull: { payments: pullPayments, mandates: pullMandates },
    push: { recharge: keyedPush(facts, rechargeRecord) },
    // https://developer.gocardless.com/api-reference#appendix-webhooks: an HMAC-SHA256 of the body.
    webhook: (_, { webhookSecret }) => ({
      isSigned: async ({ header, body }) =>
        webhookSecret !== undefined &&
        isHmacOf([body], webhookSecret, header('webhook-signature') ?? ''),
    }),
  },
});
