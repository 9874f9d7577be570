import { z } from 'zod';
import { BaseUrl, Name } from '../http/settings.ts';

/** The settings of a connection with `vendor: stripe`. */
export const StripeConfig = z.strictObject({
  secretKey: Name.regex(/^(?:sk|rk)_(?:live|test)_\w+$/, 'is a key such as rk_live_… or sk_live_…')
    .meta({ secret: true })
    .describe('Restricted key (or secret key) of the account; a key of test mode moves no money.'),
  webhookSecret: Name.regex(/^whsec_\w+$/, 'is the signing secret of a webhook endpoint, whsec_…')
    .meta({ secret: true })
    .optional()
    .describe(
      'Signing secret of a webhook endpoint at `/hook/CONNECTION` of the status page’s address: payments are then read at once. Default: they are read by schedule',
    ),
  baseUrl: BaseUrl.prefault('https://api.stripe.com').describe(
    'Address of the API; only changed for tests.',
  ),
});

export type StripeConfig = z.infer<typeof StripeConfig>;
