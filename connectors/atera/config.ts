import { z } from 'zod';
import { HostUrl, Name, Names, upTo, Zone } from '../http/settings.ts';

/** Atera compares names of statuses and fields without regard to their letters' case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const Tickets = z.strictObject({
  type: z
    .enum(['Incident', 'Problem', 'Request', 'Change'])
    .default('Request')
    .describe('Type of the tickets that are made.'),
  priority: z
    .enum(['Low', 'Medium', 'High', 'Critical'])
    .default('Medium')
    .describe('Priority of the tickets that are made.'),
  status: Name.default('Open').describe('Status of the tickets that are made.'),
  withdrawnStatus: Name.default('Closed').describe(
    'Status of a ticket that `undo` withdraws; one of closedStatuses.',
  ),
});

/** The settings of a connection with `vendor: atera`. */
export const AteraConfig = z
  .strictObject({
    baseUrl: HostUrl.default('https://app.atera.com').describe(
      'Host of the API; no need to change it.',
    ),
    apiKey: Name.meta({ secret: true }).describe(
      'API key (Admin, API). A short one goes out as X-API-KEY, a long one as a bearer token.',
    ),
    timezone: Zone.optional().describe(
      'IANA time zone of the Atera account, since work hours have no zone. Default: the file’s `timezone`.',
    ),
    workHoursIn: z
      .enum(['account', 'utc'])
      .default('account')
      .describe('Whether work hours are in the account’s zone or in UTC; `check` verifies it.'),
    lookBackDays: upTo(
      366,
      45,
      'Days of work, back from each run, in which late entries and corrections are looked for.',
    ),
    rereadHours: upTo(
      24,
      1,
      'Hours after which these days are read again even with the same count, to see corrections.',
    ),
    contacts: z
      .record(z.string().regex(/^\d+$/, 'is the client’s CustomerID'), z.int().positive())
      .default({})
      .describe(
        'By CustomerID: the contact (EndUserID) of the client that tickets of ours are made for; needed where alerts or sales go to this connection.',
      ),
    technicianId: z
      .int()
      .positive()
      .optional()
      .describe('TechnicianContactID in whose name notes are written; `check` lists those seen.'),
    tickets: Tickets.prefault({}).describe('How tickets are made.'),
    closedStatuses: Names.default(['Resolved', 'Closed']).describe(
      'Ticket statuses that count as closed, by name.',
    ),
    requestsPerMinute: upTo(
      60_000,
      600,
      'Maximum requests, evenly spaced; 700 a minute is often cited.',
    ),
    pageSize: upTo(50, 50, 'Rows per page; Atera allows at most 50.'),
  })
  .refine(
    ({ tickets, closedStatuses }) =>
      closedStatuses.some((status) => isSameName(status, tickets.withdrawnStatus)),
    { path: ['tickets', 'withdrawnStatus'], message: 'must be one of closedStatuses' },
  );

export type AteraConfig = z.infer<typeof AteraConfig>;
