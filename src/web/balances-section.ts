import { html } from 'hono/html';
import type { Format } from '../domain/format.ts';
import { plainText } from '../reports/format/plain-text.ts';
import type { BalanceState, BalanceStatus } from '../service/status/balances.ts';
import type { ProactiveStatus } from '../service/status/proactive.ts';
import type { Status } from '../service/status/status.ts';
import { counted } from '../service/status/words.ts';
import { badge, type Html, type Row, type Tone, table } from './page.ts';

const order: readonly BalanceState[] = ['overdrawn', 'low', 'soon', 'ok'];
const tones: Record<BalanceState, Tone> = {
  ok: 'good',
  soon: 'warn',
  low: 'warn',
  overdrawn: 'bad',
};
const words: Record<BalanceState, string> = {
  ok: 'fine',
  soon: 'runs out soon',
  low: 'low',
  overdrawn: 'below zero',
};

/** Every client, those that need a look first. */
export function balancesSection(
  { balances }: Pick<Status, 'balances'>,
  proactive: ProactiveStatus | null,
  format: Format,
): Html {
  const sorted = balances.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const low = balances.filter(({ state }) => state !== 'ok').length;
  const heading =
    balances.length === 0
      ? 'Balances'
      : `Balances: ${low === 0 ? 'none' : low} of ${counted(balances.length, 'client')} low or about to run out`;
  const rows = sorted.map(
    (balance): Row => ({
      head: html`${plainText(balance.client)}${
        balance.paidBy === null ? '' : html`<small>paid by ${plainText(balance.paidBy)}</small>`
      }`,
      cells: [
        { content: leftCell(balance, format), class: 'left' },
        {
          content: balance.pendingSeconds === 0 ? '' : format.duration(balance.pendingSeconds),
          label: 'Pending',
        },
        { content: balance.runOutText, label: 'Runs out' },
        { content: badge(tones[balance.state], words[balance.state]), class: 'state' },
      ],
    }),
  );
  return html`<section aria-labelledby="balances">
<h2 id="balances">${heading}</h2>
${
  rows.length === 0
    ? html`<p class="soft">No client is known yet: <code>prepaid-hours run</code></p>`
    : table(['Client', 'Left', 'Pending', 'Runs out', 'State'], rows)
}
${proactiveLine(proactive)}
</section>`;
}

function proactiveLine(proactive: ProactiveStatus | null): Html | string {
  const { percent = null, percentBefore = null } = proactive ?? {};
  const shares = [
    ...(percent === null ? [] : [`${percent}\u00a0% this month`]),
    ...(percentBefore === null ? [] : [`${percentBefore}\u00a0% last month`]),
  ];
  return shares.length === 0
    ? ''
    : html`<p class="soft">Proactive, of the time worked: ${shares.join(', ')}. <code>prepaid-hours report proactive</code></p>`;
}

function leftCell(balance: BalanceStatus, format: Format): Html {
  const { hasHours, settledSeconds, overageSeconds, sizeSeconds, money, state } = balance;
  const tone = tones[state];
  const hours = hasHours
    ? [
        bar(
          format.duration(settledSeconds - overageSeconds),
          sizeSeconds === 0 ? 'no block in use' : `of ${format.duration(sizeSeconds)}`,
          share(settledSeconds - overageSeconds, sizeSeconds),
          tone,
        ),
      ]
    : [];
  const amounts = money.map(({ currency, leftMinor, sizeMinor }) =>
    bar(
      format.money(leftMinor, currency),
      sizeMinor === 0 ? 'no block in use' : `of ${format.money(sizeMinor, currency)}`,
      share(leftMinor, sizeMinor),
      tone,
    ),
  );
  return html`${[...hours, ...amounts]}`;
}

function share(left: number, size: number): number {
  return size === 0 ? 0 : Math.max(0, Math.min(100, Math.round((left / size) * 100)));
}

/** The figures say it; the bar is for the eye alone. */
function bar(left: string, size: string, percent: number, tone: Tone): Html {
  return html`<span class="figure"><b>${left.replace('-', '−')}</b><span class="soft">${size}</span></span><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect width="100" height="8"/><rect class="${tone}" width="${percent}" height="8"/></svg>`;
}
