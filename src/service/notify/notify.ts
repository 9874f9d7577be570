import type { NoticeContext, SendNotice } from '../../contract/notices.ts';
import { describeError, isKindError } from '../../domain/errors.ts';
import { Redactor } from '../../domain/redaction.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import type { Notice } from '../../store/port.ts';
import type { App } from '../app/app.ts';
import type { RunResult } from '../run/run.ts';
import { readMessages } from '../status/messages.ts';
import { findProblems } from '../status/problems.ts';
import { readSteps } from '../status/steps.ts';
import { followTickets, isAboutTicket } from './tickets.ts';

type Notifying = Pick<App, 'config' | 'store' | 'connectors' | 'log' | 'now'>;
type Told = Pick<Notice, 'subject' | 'text' | 'fix'>;

/**
 * After each run: notifies once of what began and once of what ended, and pings while all goes well.
 * A notice that cannot be sent is logged, and sent after a later run; it never fails the run.
 */
export async function notifyAfterRun(
  app: Notifying,
  { run, ok }: Pick<RunResult, 'run' | 'ok'>,
  send: SendNotice,
  signal: AbortSignal,
): Promise<void> {
  const { notify, secrets } = app.config;
  if (notify === null || signal.aborted) return;
  const { log, now } = app;
  const context: NoticeContext = { log, now, signal, redactor: new Redactor(secrets) };
  const { current, isFailing } = await readCurrent(app, notify.after);
  const { webhook, ping, client } = notify;
  if (webhook !== null || client !== null) {
    const notices = await openNotices(app, current);
    await followTickets(
      app,
      notices.current.filter(({ subject }) => !isAboutTicket(subject)),
      run,
      signal,
    );
    await followEpisodes(
      app,
      notices,
      async (body) =>
        webhook === null ||
        attempt(app, 'webhook', () => send({ method: 'POST', url: webhook, body }, context)),
    );
  }
  if (ping === null || !ok || isFailing) return;
  await attempt(app, 'ping', () => send({ method: 'GET', url: ping }, context));
}

/** What deserves a notice now; and whether any step is late or has just failed. */
async function readCurrent(
  app: Notifying,
  after: number,
): Promise<{ current: Told[]; isFailing: boolean }> {
  const steps = await readSteps(app);
  const problems = findProblems(steps, await readMessages(app.store, app.now()), true);
  const isStep = ({ subject }: Told) => !subject.startsWith('message ');
  const lasting = new Set(
    steps
      .filter(({ failures }) => failures >= after)
      .map(({ step, connection }) => (connection === null ? step : `${step} ${connection}`)),
  );
  return {
    current: problems.filter((problem) => !isStep(problem) || lasting.has(problem.subject)),
    isFailing: problems.some(isStep),
  };
}

interface Episodes {
  current: Notice[];
  ended: Notice[];
}

/** Stored before it is sent: a crash in between sends it again rather than never. */
async function openNotices({ store, now }: Notifying, current: readonly Told[]): Promise<Episodes> {
  if (current.length > 0) await store.openNotices(current, instantFromMs(now()));
  const notices = await store.listNotices();
  const isCurrent = ({ subject }: Notice) => current.some((one) => one.subject === subject);
  return {
    current: notices.filter(isCurrent),
    ended: notices.filter((notice) => !isCurrent(notice)),
  };
}

async function followEpisodes(
  { store, config, now }: Notifying,
  { current, ended }: Episodes,
  post: (body: object) => Promise<boolean>,
): Promise<void> {
  const at = instantFromMs(now());
  const begun = current.filter(({ sentAt }) => sentAt === null);
  const told = ended.filter(({ sentAt }) => sentAt !== null);
  const { mode } = config;
  if (begun.length > 0 && (await post(bodyOf('problem', begun, mode, at)))) {
    await store.noteNoticesSent(subjectsOf(begun), at);
  }
  const isSaid = told.length === 0 || (await post(bodyOf('recovered', told, mode, at)));
  // What ended before anybody heard of it is forgotten.
  const closed = isSaid ? ended : ended.filter(({ sentAt }) => sentAt === null);
  if (closed.length > 0) await store.closeNotices(subjectsOf(closed));
}

function subjectsOf(notices: readonly Notice[]): string[] {
  return notices.map(({ subject }) => subject);
}

/** `text` is the field that Slack, Mattermost and others show. */
function bodyOf(
  event: 'problem' | 'recovered',
  notices: readonly Notice[],
  mode: string,
  at: Instant,
): object {
  const lines = notices.map(({ subject, text, fix }) =>
    event === 'problem' ? `${subject}: ${text} ${fix}` : `${subject}: works again.`,
  );
  return {
    event,
    mode,
    at,
    text: `prepaid-hours: ${lines.join('\n')}`,
    notices: notices.map(({ subject, text, fix, openedAt }) => ({
      subject,
      text,
      fix,
      since: openedAt,
    })),
  };
}

async function attempt(
  { log }: Notifying,
  kind: 'webhook' | 'ping',
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isKindError(error)) throw error;
    log.warn('A notice could not be sent.', { kind, reason: describeError(error) });
    return false;
  }
}
