import { z } from 'zod';
import { BaseUrl, Name, upTo } from '../http/settings.ts';

/** The settings of a connection with `vendor: _template`. */
export const PlainDeskConfig = z.strictObject({
  baseUrl: BaseUrl.describe('Address of the API: https://desk.example.org/api.'),
  token: Name.meta({ secret: true }).describe(
    'API token of a user who may see all tickets and all time.',
  ),
  pageSize: upTo(100, 100, 'Rows per page, 100 at most.'),
});

export type PlainDeskConfig = z.infer<typeof PlainDeskConfig>;
