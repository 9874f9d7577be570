import { z } from 'zod';
import { BaseUrl, Name, Names, neededFor, upTo } from '../http/settings.ts';

const Address = BaseUrl.refine((text) => !/\/REST\/\d/i.test(text), {
  message: 'is the address that people open, without /REST/2.0: https://rt.example.org/rt',
});

/** Field names in RT's query language cannot contain braces or quotes. */
const FieldName = Name.regex(/^[^{}'"\\]+$/, 'must have no braces, quotes or backslashes');

const QueueName = Name.regex(/^[^/'"\\]+$/, 'must have no slashes, quotes or backslashes');

function queueFor(what: string) {
  return z.strictObject({ queue: QueueName.describe(`Name of the queue for ${what}.`) });
}

/** The settings of a connection with `vendor: request-tracker`. */
export const RequestTrackerConfig = z
  .strictObject({
    baseUrl: Address.describe(
      'Address of RT as people open it, with its path if it has one: https://rt.example.org or https://example.org/rt.',
    ),
    token: Name.regex(/^\d+-\d+-\w+$/, 'is the whole token, such as 1-27-8f0c…')
      .meta({ secret: true })
      .describe('Auth token of a privileged RT user (Logged in as, Settings, Auth Tokens).'),
    clientFrom: z
      .enum(['queue', 'organization', 'custom-field'])
      .describe(
        "What identifies a ticket's client: its queue, its requestors' Organization, or a ticket custom field.",
      ),
    clientField: FieldName.optional().describe(
      'Name of the ticket custom field that names the client; with clientFrom: custom-field.',
    ),
    closedStatuses: Names.default(['resolved']).describe(
      'Statuses that count as closed, as RT spells them.',
    ),
    alerts: neededFor(queueFor('alert tickets'), 'alerts', 'Where alert tickets go'),
    billing: neededFor(queueFor('invoice requests'), 'invoices', 'Where invoice requests go'),
    keyField: FieldName.optional().describe(
      "Name of a ticket custom field of both queues that holds a message's key; the subject holds it where left out.",
    ),
    workTypeField: FieldName.optional().describe(
      'Name of the ticket custom field whose value is the work type of all time on the ticket.',
    ),
    pageSize: upTo(100, 100, 'Rows per page; RT allows at most 100.'),
  })
  .refine(
    (config) => (config.clientFrom === 'custom-field') === (config.clientField !== undefined),
    {
      path: ['clientField'],
      message: 'is needed with clientFrom: custom-field, and only there',
    },
  );

export type RequestTrackerConfig = z.infer<typeof RequestTrackerConfig>;
