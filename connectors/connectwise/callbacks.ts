/** Callbacks: signed by a key that ConnectWise publishes; they name a record, which is read again by its ID. */
import { z } from 'zod';
import type { ChangedRecord } from '../../src/contract/connector.ts';
import { Id } from '../http/answers/wire.ts';
import { allRows } from '../kit/reading/lists.ts';
import { publishedKeyWebhook } from '../kit/webhook.ts';
import type { Psa } from './call.ts';
import { AnyId, Flag, fieldsOf, Text } from './schema.ts';

/** The case of this name differs between clients of the API. */
const KeyUrl = z.object({ key_url: z.string() }).nullish().catch(null);
const Changed = { Type: Text, Action: Text, ID: Id.nullish() };
const Payload = z.object({ ...Changed, Metadata: KeyUrl, metadata: KeyUrl });
const lists: Readonly<Record<ChangedRecord['kind'], readonly string[]>> = {
  time: ['/time/entries'],
  ticket: ['/service/tickets', '/project/tickets'],
  invoice: ['/finance/invoices'],
};
const kinds = Object.keys(lists) as ChangedRecord['kind'][];
const Owned = z.object({ company: AnyId });
const Callback = z.object({ id: Id, type: Text, url: Text, description: Text, inactiveFlag: Flag });

const path = '/system/callbacks';
const every = { description: 'prepaid-hours', level: 'owner', objectId: 1 };
/** ConnectWise appends the record's ID. */
const suffix = '?recordId=';

export const callbacks = publishedKeyWebhook<Psa>({
  header: 'x-content-signature',
  cloud: /^(?:(?:api-)?(?:na|eu|aus?|za)|sandbox-[a-z]+)\.myconnectwise\.net$/,
  read(body) {
    const { Type, Action, ID, Metadata, metadata } = Payload.safeParse(body).data ?? {};
    const id = /^\d+$/.exec(ID ?? '')?.[0] ?? null;
    const kind = kinds.find((one) => one === Type?.toLowerCase());
    const isDeleted = Action?.toLowerCase() === 'deleted';
    return {
      keyUrl: (Metadata ?? metadata)?.key_url ?? null,
      changed: kind === undefined || id === null ? null : { kind, id, isDeleted },
    };
  },
  async ownerOf(psa, { kind, id }) {
    for (const list of lists[kind]) {
      const row = await psa.getIfThere(`${list}/${id}`, Owned, fieldsOf(Owned));
      if (row !== null) return row.company?.id ?? null;
    }
    return undefined;
  },
  registered: {
    kinds: [...kinds, 'agreement'],
    list: async (psa) =>
      (await allRows(psa, { path, ...fieldsOf(Callback) }, Callback)).map((row) => ({
        id: row.id,
        kind: row.type?.toLowerCase() ?? '',
        url: row.url?.replace(suffix, '') ?? '',
        isMarked: row.description === every.description,
        isActive: row.inactiveFlag !== true,
      })),
    add: (psa, type, url) => psa.write('POST', path, { ...every, type, url: `${url}${suffix}` }),
    remove: (psa, id) => psa.remove(`${path}/${id}`),
  },
});
