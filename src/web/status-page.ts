import { html } from 'hono/html';
import type { Format } from '../domain/format.ts';
import { plainText } from '../reports/format/plain-text.ts';
import { comparisonLine } from '../reports/notices/reconciliation.ts';
import type { ProactiveStatus } from '../service/status/proactive.ts';
import type { Status } from '../service/status/status.ts';
import type { StepState, StepStatus } from '../service/status/steps.ts';
import { agoText, counted, inText, localTime } from '../service/status/words.ts';
import { balancesSection } from './balances-section.ts';
import { badge, type Html, page, prose, type Row, type Tone, table } from './page.ts';

/** `fault`: why the edited config is not used. */
export function statusPage(
  status: Status,
  fault: string | null,
  proactive: ProactiveStatus | null,
  format: Format,
): Html {
  const count = status.problems.length + Number(fault !== null);
  const verdict =
    count === 0 ? 'Nothing is late, failed or stuck' : `${counted(count, 'problem')} to look at`;
  return page(
    `${verdict} – prepaid-hours`,
    html`${header(status, verdict, count === 0)}
<main>
${problemsSection(status, fault)}
${balancesSection(status, proactive, format)}
${runsSection(status)}
${messagesSection(status)}
${checksSection(status, format)}
</main>
<footer>
<p>The same in a terminal: <code>prepaid-hours status</code>. Times are in ${status.timezone}.</p>
</footer>`,
  );
}

function header(status: Status, verdict: string, isGood: boolean): Html {
  const { mode, service, timezone, asOf } = status;
  const runs =
    service === null
      ? 'No service is running'
      : `Service running since ${localTime(service.since, timezone)}`;
  const observed =
    mode === 'observe' ? html` ${badge('warn', 'observe mode: nothing is sent')}` : '';
  return html`<header class="top">
<div class="name"><span>prepaid-hours</span>${observed}<a class="first" href="/">Refresh</a><form method="post" action="/logout"><button class="plain" type="submit">Sign out</button></form></div>
<div class="verdict ${isGood ? 'good' : 'bad'}">
<h1>${verdict}</h1>
<p>As of ${localTime(asOf, timezone)}. ${runs}.</p>
</div>
</header>`;
}

function problemsSection({ problems }: Status, fault: string | null): Html | string {
  const items = problems.map(
    ({ kind, subject, text, fix }) =>
      html`<li>${badge('bad', kind)}<strong>${plainText(subject)}</strong><p>${prose(text)}</p><p class="soft">${prose(fix)}</p></li>
`,
  );
  if (fault !== null) {
    items.unshift(html`<li>${badge('bad', 'config')}<strong>The edited config is not used</strong><p>${plainText(fault)}</p><p class="soft">Correct the file; it is read again once it is saved.</p></li>
`);
  }
  if (items.length === 0) return '';
  return html`<section aria-labelledby="problems">
<h2 id="problems">What needs attention</h2>
<ul class="problems">
${items}</ul>
</section>`;
}

const stepTones: Record<StepState, Tone> = {
  ok: 'good',
  failed: 'bad',
  late: 'bad',
  never: 'plain',
};
const stepWords: Record<StepState, string> = {
  ok: 'ok',
  failed: 'failed',
  late: 'late',
  never: 'not run yet',
};
const stepTitles: Record<StepStatus['step'], string> = {
  pull: 'Pull',
  sweep: 'Sweep',
  debit: 'Debit',
  replenish: 'Replenish',
  push: 'Push',
  reconcile: 'Reconcile',
  backup: 'Backup',
  publish: 'Publish',
};

function runsSection({ steps, asOf }: Status): Html {
  const nowMs = Date.parse(asOf);
  const rows = steps.map((step): Row => {
    const { connection, state, lastSuccessAt, lastRunAt, nextRunAt } = step;
    const isPart = connection !== null;
    return {
      head: isPart ? plainText(connection) : stepTitles[step.step],
      isPart,
      cells: [
        { content: agoText(lastSuccessAt, nowMs), label: 'Last success' },
        { content: agoText(lastRunAt, nowMs), label: 'Last run' },
        { content: isPart ? '' : inText(nextRunAt, nowMs), label: 'Next run' },
        { content: badge(stepTones[state], stepWords[state]), class: 'state' },
      ],
    };
  });
  return html`<section aria-labelledby="runs">
<h2 id="runs">Runs</h2>
${table(['Step', 'Last success', 'Last run', 'Next run', 'State'], rows)}
</section>`;
}

/** More are only counted. */
const shownMax = 50;

function messagesSection({ messages, asOf }: Status): Html {
  const { waiting, stuck, failed, unapproved, withheld, list } = messages;
  const counts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stuck > 0 ? [`${stuck} stuck`] : []),
    ...(unapproved > 0 ? [`${unapproved} to approve`] : []),
    waiting === 0 ? 'none waiting' : `${waiting} waiting`,
    ...(withheld > 0 ? [`${withheld} withheld in observe mode`] : []),
  ];
  const tones = { waiting: 'plain', stuck: 'bad', failed: 'bad', unapproved: 'bad' } as const;
  const rows = list.slice(0, shownMax).map(
    (line): Row => ({
      head: html`${plainText(line.client)}<small>${line.kind.replaceAll('-', ' ')} to ${plainText(line.connection)}</small>`,
      cells: [
        { content: plainText(line.reason ?? 'Not tried yet.') },
        { content: html`<code>${line.command}</code>` },
        { content: agoText(line.createdAt, Date.parse(asOf)), label: 'Written' },
        { content: badge(tones[line.state], line.state), class: 'state' },
      ],
    }),
  );
  const more = list.length - rows.length;
  const rest =
    more > 0 ? html`<p class="soft">${more} more: <code>prepaid-hours outbox list</code></p>` : '';
  return html`<section aria-labelledby="messages">
<h2 id="messages">Messages to the vendors: ${counts.join(', ')}</h2>
${
  rows.length === 0
    ? html`<p class="soft">Everything that was to be sent has been delivered.</p>`
    : table(['Client', 'Reason', 'Command', 'Written', 'State'], rows)
}
${rest}
</section>`;
}

function checksSection(
  { openQuarantine, reconciliation, timezone, asOf }: Status,
  format: Format,
): Html {
  const quarantine =
    openQuarantine === 0
      ? html`Quarantine: ${badge('good', 'empty')}`
      : html`Quarantine: ${badge('warn', `${counted(openQuarantine, 'row')} to review`)} <code>prepaid-hours quarantine list</code>`;
  return html`<section aria-labelledby="checks">
<h2 id="checks">Data from the vendors</h2>
<p>${quarantine}</p>
<p>${reconcileLine({ reconciliation, timezone, asOf }, format)}</p>
</section>`;
}

function reconcileLine(
  { reconciliation: last, timezone, asOf }: Pick<Status, 'reconciliation' | 'timezone' | 'asOf'>,
  format: Format,
): Html {
  if (last === null) {
    return html`Last reconcile: ${badge('plain', 'not run yet')} <code>prepaid-hours reconcile</code>`;
  }
  const { at, clients, failed, found } = last;
  const when = `${localTime(at, timezone)}, ${agoText(at, Date.parse(asOf))}`;
  const isFine = found.rows === 0 && failed.length === 0;
  const without = failed.length === 0 ? '' : ` Not compared: ${plainText(failed.join(', '))}.`;
  const command = isFine ? '' : html` <code>prepaid-hours reconcile --last</code>`;
  return html`Last reconcile: ${badge(isFine ? 'good' : 'warn', comparisonLine(clients, found, format))} (${when}).${without}${command}`;
}
