import type { MessageStatusLine, MessagesStatus } from './messages.ts';
import type { StepStatus } from './steps.ts';
import { ageText, counted } from './words.ts';

/** late: its last success is older than twice its schedule; failed: its last run; stuck: a message. */
export interface Problem {
  kind: 'late' | 'failed' | 'stuck';
  /** `pull psa`, `message KEY`. */
  subject: string;
  text: string;
  fix: string;
}

const logFix =
  'See the log of the service, then `prepaid-hours check` for what the vendor or the config refuses.';

/** What needs attention, the worst first. Low balances are not problems of the program. */
export function findProblems(
  steps: readonly StepStatus[],
  messages: MessagesStatus,
  isServiceRunning: boolean,
): Problem[] {
  if (steps.every(({ state, runs }) => runs === 0 && state !== 'late')) {
    const fix = 'Run `prepaid-hours run` once, or `prepaid-hours start` for the service.';
    return [{ kind: 'late', subject: 'service', text: 'No step has run yet.', fix }];
  }
  const shown = steps.filter((step) => isProblem(step) && !isSaidByConnection(step, steps));
  const problems = shown.map((step) => stepProblem(step, isServiceRunning));
  return [
    ...problems.filter(({ kind }) => kind === 'late'),
    ...problems.filter(({ kind }) => kind === 'failed'),
    ...messages.list.filter(({ state }) => state !== 'waiting').map(messageProblem),
  ];
}

function isProblem({ state }: StepStatus): boolean {
  return state === 'late' || state === 'failed';
}

/** A step is as bad as the worst of its connections, which say more. */
function isSaidByConnection(step: StepStatus, steps: readonly StepStatus[]): boolean {
  if (step.connection !== null) return false;
  const parts = steps.filter((one) => one.step === step.step && one.connection !== null);
  if (step.error === null) return parts.some(({ state }) => state === step.state);
  return parts.some(isProblem);
}

function stepProblem(step: StepStatus, isServiceRunning: boolean): Problem {
  const { state, connection, ageSeconds, failures, error } = step;
  const subject = connection === null ? step.step : `${step.step} ${connection}`;
  const age =
    ageSeconds === null ? 'It has never succeeded' : `Last success ${ageText(ageSeconds)} ago`;
  const row =
    failures > 1 ? `${counted(failures, 'run')} in a row failed: ` : 'The last run failed: ';
  const cause = error === null ? '' : ` ${row}${error}`;
  if (state === 'failed') return { kind: 'failed', subject, text: cause.trim(), fix: logFix };
  const text = `${age}, longer than twice its schedule.${cause}`;
  if (error !== null || isServiceRunning) return { kind: 'late', subject, text, fix: logFix };
  const once = onceText(step.step);
  const fix = `No service is running. Start it with \`prepaid-hours start\`${once}.`;
  return { kind: 'late', subject, text, fix };
}

function onceText(step: StepStatus['step']): string {
  if (step === 'backup') return '';
  if (step === 'publish') return ', or publish once: `prepaid-hours publish`';
  return `, or run the step once: \`prepaid-hours run ${step}\``;
}

function messageProblem(line: MessageStatusLine): Problem {
  const { key, kind, client, connection, state, ageSeconds, reason } = line;
  const what = `The ${kind.replaceAll('-', ' ')} for ${client} to ${connection}`;
  const why = reason === null ? '' : `: ${reason}`;
  if (state === 'failed') {
    return {
      kind: 'failed',
      subject: `message ${key}`,
      text: `${what} failed${why}`,
      fix: `To send it again: \`prepaid-hours outbox retry ${key}\`; to drop it: \`prepaid-hours outbox cancel ${key}\`.`,
    };
  }
  return {
    kind: 'stuck',
    subject: `message ${key}`,
    text: `${what} has waited for ${ageText(ageSeconds)}${why}`,
    fix: `See \`prepaid-hours outbox show ${key}\`; to drop it: \`prepaid-hours outbox cancel ${key}\`.`,
  };
}
