import { z } from 'zod';

/** What stands under a connection with `vendor: _template`. */
export const PlainDeskConfig = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .transform((text) => text.replace(/\/+$/, ''))
    .refine((text) => /^(https:|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]?)/.test(text), {
      message: 'must begin with https: (the token travels there)',
    })
    .describe('Address of the API: https://desk.example.org/api.'),
  token: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('API token of a user who may see all tickets and all time.'),
  pageSize: z.int().min(1).max(100).default(100).describe('Rows asked for at once, 100 at most.'),
});

export type PlainDeskConfig = z.infer<typeof PlainDeskConfig>;
