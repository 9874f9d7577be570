/** Which time there is now: Atera does not tell of work hours that were deleted. */

import type { Presence, PresenceRequest, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { addDays, dateInZone } from '../../src/domain/time.ts';
import { type Api, believeRow, rowsOf } from './api.ts';
import { refuseIfFalse } from './facts.ts';
import { workHoursFrom } from './pull-time.ts';
import { WorkHoursWire } from './schema.ts';
import { readingsOf } from './wall-clock.ts';

const PresentWire = WorkHoursWire.pick({ WorkHoursID: true }).extend({
  StartWorkHour: WorkHoursWire.shape.StartWorkHour.nullish(),
});

export function createPresence(api: Api): Presence {
  /** What was listed for the question asked last: Atera's count of it was held against that list. */
  let listed: { question: string; count: number } | null = null;

  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    const { from, clientIds, signal } = request;
    await refuseIfFalse(api.context, 'account-zone', 'work-hours-zone');
    const found = new Set<SourceId>();
    const list = workHoursFrom(addDays(dateInZone(from, api.zone), -1));
    for await (const { rows } of api.pages(list, signal)) {
      const fresh = rowsOf(rows, clientIds)
        // A row that cannot be read would otherwise count as one that is gone.
        .map((row) => believeRow(list.path, row, PresentWire))
        .filter(({ StartWorkHour }) => mayStartWithin(StartWorkHour, request))
        .map(({ WorkHoursID }) => WorkHoursID)
        .filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      yield fresh;
    }
    listed = { question: questionOf(request), count: found.size };
  }

  /** In the hour that clocks show twice, both moments count. */
  function mayStartWithin(text: string | null | undefined, { from, to }: PresenceRequest): boolean {
    try {
      return readingsOf(text ?? '', api.shownIn).some((at) => at >= from && at < to);
    } catch (error) {
      if (!isKindError(error, 'contract')) throw error;
      return true;
    }
  }

  return {
    ids,
    async count(request) {
      if (listed?.question !== questionOf(request)) for await (const _ of ids(request));
      return listed?.count ?? 0;
    },
  };
}

function questionOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}
