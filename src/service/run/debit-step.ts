import { clientFinder, type DebitContext } from '../../debit/context.ts';
import { debitDirtyWork } from '../../debit/debit.ts';
import { applyOpeningBlocks } from '../../debit/opening-blocks.ts';
import { describeBlock } from '../../debit/opening-edits.ts';
import { followSessions } from '../../debit/sessions/derive.ts';
import { describeError } from '../../domain/errors.ts';
import { formatIn } from '../../domain/format.ts';
import { instantFromMs } from '../../domain/time.ts';
import {
  leftClientFix,
  leftClientText,
  readLeftClients,
} from '../../reports/notices/left-clients.ts';
import { unlistedFix, unlistedPrefix } from '../../reports/notices/unlisted.ts';
import {
  readUnmatched,
  unmatchedFix,
  unmatchedText,
} from '../../reports/notices/unmatched-technicians.ts';
import { followNames } from '../app/names.ts';
import { areRulesChanged, keepRules } from '../app/rehearsal.ts';
import { readTechnicianBook, sessionContext } from '../app/session-context.ts';
import { measure, nothing, type RunContext, readFirstRun, type StepResult } from './step.ts';

export async function debitStep(run: RunContext): Promise<StepResult[]> {
  const { store, questions, log } = run;
  const result = await measure(run, 'debit', null, async () => {
    const context = await debitContext(run);
    await reportLeftClients(run);
    if (run.isUndoneReleased) await store.releaseUndone();
    const opening = await applyOpeningBlocks(context);
    const format = formatIn(run.config);
    for (const conflict of opening.conflicts) {
      log.warn('The config changed an opening block; the change was not applied.', {
        client: conflict.client.name,
        applied: describeBlock(conflict.applied, format),
        configured:
          conflict.configured === null ? '(none)' : describeBlock(conflict.configured, format),
        reason: conflict.reason,
        fix: conflict.fix,
      });
    }
    await reviseOpenWork(run);
    if (await store.hasSessions()) await compareSessions(run, context);
    const debited = await debitDirtyWork({ ...context, ...(await severalSources(run)) });
    for (const [key, found] of debited.unlistedWorkTypes) await noteUnlisted(run, key, found);
    const changed = debited.changed + opening.applied;
    const posted = debited.posted + opening.posted;
    run.failures.push(...questions);
    const error = questions.map(describeError).join(' ') || null;
    return { ...nothing, rows: debited.rows, changed, posted, error };
  });
  return [result];
}

async function reportLeftClients({ store, config, clients, log }: RunContext): Promise<void> {
  for (const left of await readLeftClients(store, config.clients, clients)) {
    log.warn(leftClientText(left, formatIn(config)), {
      client: left.name,
      fix: leftClientFix(left),
    });
  }
}

async function debitContext(run: RunContext): Promise<DebitContext> {
  const { store, clients, runId, startedAt, stop, abort } = run;
  const firstRunAt = await readFirstRun(run);
  return {
    store,
    clients,
    findClient: clientFinder(clients),
    runId,
    at: startedAt,
    firstRunAt,
    signal: stop,
    limitedAccounts: new Set(await store.listLimitedAccounts()),
    names: await followNames(run, abort),
  };
}

async function compareSessions(run: RunContext, context: DebitContext): Promise<void> {
  const { store, log } = run;
  const { at, firstRunAt, signal } = context;
  const sessions = await sessionContext(run, { at, firstRunAt, signal });
  if ((await followSessions(sessions)) === 0) return;
  for (const one of await readUnmatched(store, sessions)) {
    const key = `unmatched-technician:${one.connection}:${one.id}`;
    if ((await store.readMemory('', key)) !== null) continue;
    log.warn(unmatchedText(one), { fix: unmatchedFix });
    await store.writeMemory('', key, one.name, at);
  }
}

/** Only read where an hour may be in two systems. */
async function severalSources(run: RunContext): Promise<Pick<DebitContext, 'technicians'>> {
  if (!(await run.store.hasSeveralTimeSources())) return {};
  return { technicians: await readTechnicianBook(run) };
}

/** After the config's rules changed, unposted work is decided again; posted charges stay. */
async function reviseOpenWork({ store, clients, startedAt }: RunContext): Promise<void> {
  if ((await areRulesChanged(store, clients)) === false) return;
  await store.markOpenGroupsDirty();
  await keepRules(store, clients, startedAt);
}

/** Logged once; `balances` and `check` show it until it is listed. */
async function noteUnlisted(
  { store, log, now }: RunContext,
  name: string,
  { agreement, workType }: { agreement: string; workType: string },
): Promise<void> {
  const key = `${unlistedPrefix}${name}`;
  if ((await store.readMemory('', key)) !== null) return;
  log.warn('A work type is not listed; the `unlisted` default was applied.', {
    workType: workType === '' ? '(none)' : workType,
    agreement,
    fix: unlistedFix,
  });
  await store.writeMemory('', key, workType, instantFromMs(now()));
}
