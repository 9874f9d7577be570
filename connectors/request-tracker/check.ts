import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import type { Api } from './api.ts';
import { attempt } from './attempt.ts';
import { checkClients } from './check-clients.ts';
import { findTicketField } from './clients.ts';
import { refusedResults, settle } from './facts.ts';
import { hasTicketField } from './push-ticket.ts';
import { quoted } from './query.ts';
import { NewestItem } from './schema.ts';

/** Clocks may differ by this much before changes could slip between two passes. */
const skewMsMax = 5 * 60_000;

export async function checkRequestTracker(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const access = await checkAccess(api, signal);
  if (access.some((result) => result.status === 'failed')) return access;
  const names = await Promise.all([
    ...(['alerts', 'billing'] as const).map((setting) => checkQueue(api, setting, signal)),
    ...(['clientField', 'workTypeField'] as const).map((name) => checkField(api, name, signal)),
    checkStatuses(api, signal),
    checkQueryDates(api, signal),
  ]);
  return [
    ...access,
    ...names.flat(),
    ...(await checkClients(api, clientIds, signal)),
    ...(await refusedResults(api.context.memory)),
  ];
}

function checkAccess(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  return attempt('auth', async () => {
    const { data, headers } = await api.version(signal);
    const results: CheckResult[] = [
      { id: 'auth', status: 'ok', detail: `RT ${data.Version} accepts the token.` },
    ];
    if (!/^5\./.test(data.Version)) {
      results.push({
        id: 'fact.version',
        status: 'warning',
        detail: `This connector was tried with RT 5.0.3, and this is ${data.Version}.`,
        fix: 'Run check with --probe against a test client before going live.',
      });
    }
    const skewMs = Date.parse(headers.date ?? '') - api.context.now();
    if (Math.abs(skewMs) > skewMsMax) {
      results.push({
        id: 'fact.clock',
        status: 'warning',
        detail: `RT's clock differs from ours by ${Math.round(Math.abs(skewMs) / 60_000)} minutes.`,
        fix: 'Let both machines keep time by NTP: changes are read by their moment.',
      });
    }
    return results;
  });
}

function checkQueue(
  api: Api,
  setting: 'alerts' | 'billing',
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const id = `name.${setting}-queue`;
  return attempt(id, async () => {
    const name = api.config[setting]?.queue;
    if (name === undefined) return [];
    const queue = await api.queue(name, signal).catch((error: unknown) => {
      if (isKindError(error, 'permission', 'rejected')) return null;
      throw error;
    });
    const fix = `Check ${setting}.queue in the config, and give the RT user SeeQueue and CreateTicket on it.`;
    const failed = (detail: string): CheckResult[] => [{ id, status: 'failed', detail, fix }];
    if (queue === null)
      return failed(`There is no queue "${name}", or the RT user may not see it.`);
    if (String(queue.data.Disabled ?? '0') !== '0') return failed(`Queue "${name}" is disabled.`);
    if (!queue.data._hyperlinks.some((link) => link.ref === 'create')) {
      return failed(`The RT user may not create tickets in "${name}".`);
    }
    const { keyField } = api.config;
    if (keyField !== undefined && !hasTicketField(queue.data.TicketCustomFields, keyField)) {
      return [
        {
          id: `name.key-field.${setting}`,
          status: 'failed',
          detail: `Queue "${name}" has no ticket field "${keyField}" that the RT user sees.`,
          fix: 'Apply the field to the queue, and give the user SeeCustomField and SetInitialCustomField.',
        },
      ];
    }
    return [{ id, status: 'ok', detail: `Tickets can be created in "${name}".` }];
  });
}

function checkField(
  api: Api,
  setting: 'clientField' | 'workTypeField',
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const id = setting === 'clientField' ? 'name.client-field' : 'name.work-type-field';
  return attempt(id, async () => {
    const name = api.config[setting];
    if (name === undefined) return [];
    await findTicketField(api, name, signal);
    return [{ id, status: 'ok', detail: `The ticket field "${name}" is there.` }];
  });
}

/** RT takes any word for a status and then finds nothing. */
async function checkStatuses(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const results = await Promise.all(
    api.config.closedStatuses.map((status) => {
      const id = `name.status.${status}`;
      return attempt(id, async () => {
        const query = `Status = ${quoted(status)}`;
        const { total } = await api.few('/tickets', query, [], signal, { perPage: 1 });
        if (total !== 0) return [{ id, status: 'ok', detail: `Tickets are "${status}".` }];
        return [
          {
            id,
            status: 'warning',
            detail: `No ticket that we see has the status "${status}".`,
            fix: 'Check the spelling of closedStatuses: time is debited once its ticket has one of them.',
          },
        ];
      });
    }),
  );
  return results.flat();
}

/** A ticket whose change lies a known time back must be found from before that moment, and not after. */
function checkQueryDates(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const id = 'fact.query-dates';
  return attempt(id, async () => {
    const { items, total } = await api.few('/tickets', 'EffectiveId > 0', ['LastUpdated'], signal, {
      perPage: 1,
      orderby: 'LastUpdated',
    });
    if (total === null) return [hiddenTotal];
    const oldest = NewestItem.safeParse(items[0]).data;
    if (oldest === undefined) {
      const fix = 'Give the RT user ShowTicket on all queues that it is to read.';
      return [{ id: 'permission.tickets', status: 'failed', detail: 'We see no ticket.', fix }];
    }
    const ageSeconds = Math.round((api.context.now() - msFromInstant(oldest.LastUpdated)) / 1000);
    const isFoundSince = async (seconds: number): Promise<boolean> => {
      const query = `EffectiveId > 0 AND id = ${oldest.id} AND LastUpdated > '-${seconds} seconds'`;
      return (await api.few('/tickets', query, [], signal, { perPage: 1 })).total === 1;
    };
    const hoursLater = ageSeconds - 3 * 3600;
    const isSo =
      (await isFoundSince(ageSeconds + 3 * 3600)) &&
      (hoursLater < 1 || !(await isFoundSince(hoursLater)));
    await settle(api.context.memory, 'fact.query-dates', isSo);
    if (isSo) return [{ id, status: 'ok', detail: 'RT understands the moments in our queries.' }];
    return [
      {
        id,
        status: 'failed',
        detail: 'RT reads the moments in our queries differently, so that changes would be missed.',
        fix: 'Report the RT version and its $PreferDateTimeFormatNatural setting; nothing is read until then.',
      },
    ];
  });
}

const hiddenTotal: CheckResult = {
  id: 'permission.tickets',
  status: 'failed',
  detail: 'RT does not say how many tickets there are, so that missing ones would not be noticed.',
  fix: 'Give the RT user ShowTicket for all queues, or leave $UseSQLForACLChecks on (the default).',
};
