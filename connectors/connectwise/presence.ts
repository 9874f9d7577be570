/** Which time there is now: ConnectWise does not tell of entries that were deleted. */
import { z } from 'zod';
import type { Presence, PresenceRequest } from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { all, companyNumbers, isOneOf, splitIds, startedWithin } from './conditions.ts';
import { refuseIfFalse } from './facts.ts';

const path = '/time/entries';
const Row = z.object({ id: Id });
const Count = z.object({ count: z.int().min(0) });

/** Characters of the URL besides the conditions. */
const otherLength = 200;

export function createPresence(api: Api): Presence {
  return {
    async *ids(request) {
      await refuseIfFalse(api.context, 'conditions-company', 'forward-only');
      for (const conditions of conditionsOf(api, request)) {
        for await (const { rows } of api.pages(
          { path, fields: 'id', conditions },
          request.signal,
        )) {
          // A row without an id would otherwise count as one that is gone.
          yield rows.map((row) => Row.parse(row).id);
        }
      }
    },
    async count(request) {
      let count = 0;
      for (const conditions of conditionsOf(api, request)) {
        count += (await api.count(path, conditions, Count, request.signal)).count;
      }
      return count;
    },
  };
}

function conditionsOf(api: Api, { from, to, clientIds }: PresenceRequest): string[] {
  const within = startedWithin(from, to, api.config.naiveDateTimes);
  const length = api.config.baseUrl.length + otherLength + encodeURIComponent(within).length;
  return splitIds(companyNumbers(clientIds), length).map((companies) =>
    all(within, isOneOf('company/id', companies)),
  );
}
