/** Work hours of all technicians, from a day on: Atera tells nothing of when an entry was made. */
import type { Page, Pull, TimeEntryRow } from '../../src/contract/connector.ts';
import { type Api, pageOf, rowsOf } from './api.ts';
import { settleDoubled } from './doubled-hour.ts';
import { refuseIfFalse } from './facts.ts';
import { readWindow } from './known-window.ts';
import { fromWorkHours } from './mapping.ts';
import { WorkHoursWire } from './schema.ts';

export function createTimePull(api: Api): Pull<TimeEntryRow> {
  return async function* pull(request): AsyncGenerator<Page<TimeEntryRow>> {
    const { clientIds, signal } = request;
    await refuseIfFalse(api.context, 'account-zone', 'work-hours-zone');
    const reading = await readWindow(api, request);
    let isFirst = true;
    for await (const page of api.pages(workHoursFrom(reading.from), signal)) {
      const known = isFirst ? reading.compare(page) : 'unknown';
      if (known === 'same') return;
      isFirst = false;
      reading.note(page);
      const ours = rowsOf(page.rows, clientIds);
      const settled = await settleDoubled(api, ours, signal);
      yield pageOf(ours, 'WorkHoursID', WorkHoursWire, (wire) => fromWorkHours(wire, api, settled));
      if (known === 'as-many') return reading.rememberFirst();
    }
    await reading.remember();
  };
}

/** Days need no zone but the account's own, and no hour of them is shown twice. */
export function workHoursFrom(day: string) {
  return { path: '/workhours', query: { startWorkhour: day }, idName: 'WorkHoursID' };
}
