/** What must be true of the outcome, said in full where it is not. */
import { clients, type DemoClient } from './cast.ts';
import type { RunDocument } from './documents.ts';
import { doubledClient, unloggedClient, unloggedSeconds } from './evidence.ts';
import { type Expected, expectMonth } from './expected.ts';
import type { Month } from './month.ts';
import { ownerFaults, proactiveFaults } from './owner-expectations.ts';
import { findRechargeFaults } from './recharges/expectations.ts';
import { afterSecondAct, type SecondAct } from './second-act.ts';
import type { Outcome } from './story.ts';

/** Streams that a quiet run asks for, one request each: tickets have two lists in the PSA, and a token. */
/** One more where an invoice was written minutes before: its lines are read once. */
const quietRequests = { psa: 6, rmm: 6 };

/** Empty when all is as it should be. */
export function findFaults(outcome: Outcome, month: Month, act: SecondAct): string[] {
  const [first, second, third] = outcome.runs;
  if (first === undefined || second === undefined || third === undefined) {
    return ['There are fewer than three runs.'];
  }
  const expected = expectMonth(afterSecondAct(month, act), month);
  return [
    ...outcome.runs.filter((run) => !run.ok).map((run) => `Run ${run.run} was not ok.`),
    ...firstRunFaults(first, month),
    ...secondRunFaults(second, act),
    ...quietFaults(third),
    ...balanceFaults(outcome, expected),
    ...psaFaults(outcome, expected),
    ...messageFaults(outcome),
    ...paperFaults(outcome),
    ...agreementFaults(outcome),
    ...ownerFaults(outcome, month),
    ...evidenceFaults(outcome),
    ...proactiveFaults(outcome, afterSecondAct(month, act)),
    ...findRechargeFaults(outcome.recharges),
    ...(outcome.verify.ok ? [] : ['The ledger does not verify.']),
  ];
}

type Counter = 'rows' | 'changed' | 'quarantined' | 'posted' | 'messages' | 'delivered' | 'failed';

function total(run: RunDocument, step: string, counter: Counter): number {
  return run.steps
    .filter((each) => each.step === step)
    .reduce((sum, each) => sum + each[counter], 0);
}

function firstRunFaults(run: RunDocument, month: Month): string[] {
  const faults: string[] = [];
  const rows = total(run, 'pull', 'rows');
  const entries = month.tickets.reduce((sum, ticket) => sum + ticket.entries.length, 0);
  if (rows < entries + month.tickets.length) faults.push(`The first run read ${rows} rows only.`);
  const quarantined = total(run, 'pull', 'quarantined');
  if (quarantined > 0) faults.push(`The first run set ${quarantined} rows aside.`);
  if (total(run, 'push', 'delivered') === 0) faults.push('The first run delivered nothing.');
  return faults;
}

/** Four groups of work changed; each reversed and posted again, the closed one posted alone. */
function secondRunFaults(run: RunDocument, act: SecondAct): string[] {
  const groups = total(run, 'debit', 'changed');
  const wanted = act.corrections.length + 1;
  const faults =
    groups === wanted ? [] : [`The second run changed ${groups} debits, not ${wanted}.`];
  if (total(run, 'debit', 'posted') === 0) faults.push('The second run posted nothing.');
  return faults;
}

function quietFaults(run: RunDocument): string[] {
  const faults: string[] = [];
  for (const step of run.steps) {
    const { changed, posted, messages, delivered, requests, connection } = step;
    if (changed + posted + messages + delivered > 0) {
      faults.push(`The third run changed something in step ${step.step}: ${JSON.stringify(step)}`);
    }
    const allowed = connection === 'psa' || connection === 'rmm' ? quietRequests[connection] : 0;
    if (requests > allowed) {
      faults.push(`The third run sent ${requests} requests in ${step.step}, not ${allowed}.`);
    }
  }
  return faults;
}

function balanceFaults({ balances }: Outcome, expected: readonly Expected[]): string[] {
  return expected.flatMap(({ client, netSeconds, pendingSeconds }) => {
    const shown = balances.clients.find((each) => each.client === client);
    if (shown === undefined) return [`${client} is missing in the balances.`];
    const net = shown.settledSeconds - shown.overageSeconds;
    const faults: string[] = [];
    if (net !== netSeconds) faults.push(`${client} has ${net} s left, not ${netSeconds} s.`);
    if (shown.pendingSeconds !== pendingSeconds) {
      faults.push(`${client} has ${shown.pendingSeconds} s pending, not ${pendingSeconds} s.`);
    }
    if (shown.projectedSeconds !== net - shown.pendingSeconds) {
      faults.push(`${client} is projected wrongly: ${shown.projectedSeconds} s.`);
    }
    return faults;
  });
}

/** One alert a low client, one invoice a sale, none of them twice. */
function psaFaults({ psa }: Outcome, expected: readonly Expected[]): string[] {
  const faults: string[] = [];
  for (const [index, client] of clients.entries()) {
    const { orderedSeconds = 0 } = expected[index] ?? {};
    const alerts = psa.tickets.filter((ticket) => ticket.company === client.name).length;
    const invoices = psa.invoices.filter((invoice) => invoice.company === client.name);
    const wantedAlerts = isLow(client) ? 1 : 0;
    const wantedInvoices = orderedSeconds > 0 ? 1 : 0;
    if (alerts !== wantedAlerts) {
      faults.push(`${client.name} has ${alerts} alert tickets, not ${wantedAlerts}.`);
    }
    if (invoices.length !== wantedInvoices) {
      faults.push(`${client.name} has ${invoices.length} invoices, not ${wantedInvoices}.`);
    }
    const total = invoices.reduce((sum, invoice) => sum + invoice.total, 0);
    const hourly = client.buys === undefined ? 120 : 110;
    if (total !== (orderedSeconds / 3600) * hourly) {
      faults.push(`${client.name} is invoiced ${total} for ${orderedSeconds / 3600} h.`);
    }
  }
  return faults;
}

/** A client reads no key of ours but the marker that closes a note, and no negative hours. */
function messageFaults({ psa, recharges }: Outcome): string[] {
  const tickets = [...psa.tickets, ...recharges.psa.tickets];
  const invoices = [...psa.invoices, ...recharges.psa.invoices];
  const notes = tickets.flatMap((ticket) => ticket.notes);
  const texts = [
    ...notes
      .filter(({ audience }) => audience === 'client')
      .map(({ text }) => text.replace(/\n\n\[ph:note:[^\]]+\]$/, '')),
    ...invoices.flatMap(({ text, lines }) => [text ?? '', ...lines.map((line) => line.text)]),
  ];
  const strange = texts.filter((text) => /ph:|undefined|null|-\d/.test(text));
  return strange.map((text) => `A client would read this: ${text}`);
}

/** One session that nobody logged, and one hour in two systems. */
function evidenceFaults({ unlogged, doubles }: Outcome): string[] {
  const { rows, uncounted, unmatched } = unlogged;
  const found = JSON.stringify([
    rows.map(({ client, seconds, state }) => [client, seconds, state]),
    // The second act makes work longer, so that some of it overlaps other tickets.
    doubles.rows.flatMap(({ first, state }) => (state === 'waiting' ? [first.client] : [])),
    uncounted.length,
    unmatched.length,
  ]);
  const wanted = JSON.stringify([
    [[unloggedClient, unloggedSeconds, 'reported']],
    [doubledClient],
    0,
    0,
  ]);
  return found === wanted ? [] : [`Sessions and time are compared as ${found}, not ${wanted}.`];
}

const pageBytesMax = 40_000;

/** One statement and one page a client. */
function paperFaults({ papers }: Outcome): string[] {
  const { statements, pages } = papers;
  const heavy = pages.filter(({ bytes }) => bytes > pageBytesMax);
  return [
    ...clients.flatMap(({ name }) => {
      const count = (list: readonly { client: string }[]) =>
        list.filter(({ client }) => client === name).length;
      const found = [count(statements), count(pages)];
      if (found.every((each) => each === 1)) return [];
      return [`${name} has ${found[0]} statements and ${found[1]} pages, not one of each.`];
    }),
    ...heavy.map(({ client, bytes }) => `The page of ${client} has ${bytes} bytes.`),
  ];
}

/** What the demo's config says, in the language of each client, and nothing that a program would write. */
const agreed: Readonly<Record<string, readonly string[]>> = {
  'Dupont Plomberie': ['37 min de travail comptent pour 45 min', '120,00 €', 'Belgique'],
  'Harbour Dental': [
    '37 min of work is debited as 45 min',
    '€120.00',
    'Public holidays in Belgium',
  ],
};

function agreementFaults({ papers }: Outcome): string[] {
  return Object.entries(agreed).flatMap(([client, words]) => {
    const found = papers.agreements.find((agreement) => agreement.client === client);
    const text = found?.text.replace(/\s/g, ' ') ?? '';
    const missing = words.filter((word) => !text.includes(word));
    const strange = /undefined|null|NaN/.test(text) ? ['no values that are missing'] : [];
    return [...missing, ...strange].map((word) => `The agreement of ${client} lacks: ${word}`);
  });
}

/** Low by what is left, or by what will be left once open work is due. */
function isLow({ projectedHours, buys }: DemoClient): boolean {
  return projectedHours <= (buys?.hoursLeft ?? 4);
}
