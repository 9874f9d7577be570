import { z } from 'zod';
import { BaseUrl, Name } from '../http/settings.ts';

export const liveUrl = 'https://api.gocardless.com';

/** The settings of a connection with `vendor: gocardless`. */
export const GoCardlessConfig = z.strictObject({
  accessToken: Name.meta({ secret: true }).describe(
    'Access token of the organisation, with read-write access.',
  ),
  webhookSecret: Name.meta({ secret: true })
    .optional()
    .describe(
      'Secret of a webhook endpoint at `/hook/CONNECTION` of the status page’s address: payments are then read at once. Default: they are read by schedule',
    ),
  baseUrl: BaseUrl.default(liveUrl).describe(
    'Address of the API; https://api-sandbox.gocardless.com for a sandbox account, which moves no money.',
  ),
});

export type GoCardlessConfig = z.infer<typeof GoCardlessConfig>;
