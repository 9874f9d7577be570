import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findFaults } from '../demo/expectations.ts';
import { createMonth } from '../demo/month.ts';
import { planSecondAct } from '../demo/second-act.ts';
import type { Outcome } from '../demo/story.ts';
import { findChromium } from '../support/chromium.ts';
import { type CommandResult, checkout, startProgram } from '../support/run-command.ts';

const program = join(checkout, 'test', 'demo', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-demo-'));
const output = join(folder, 'output');

function demo(...args: string[]): Promise<CommandResult> {
  return startProgram(process.execPath, ['--no-warnings', program, ...args]).done;
}

let result: CommandResult;

beforeAll(async () => {
  result = await demo('--json', '--out', output);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function outcome(): Outcome {
  return JSON.parse(result.stdout) as Outcome;
}

test('the demo succeeds, with one JSON document on standard output', () => {
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(Object.keys(outcome())).toEqual([
    'runs',
    'balances',
    'psa',
    'verify',
    'unlogged',
    'doubles',
    'recharges',
    'papers',
  ]);
  expect(outcome().runs).toHaveLength(3);
  expect(outcome().balances.clients).toHaveLength(12);
  expect(outcome().verify).toEqual({ ok: true });
});

test('it leaves a config, a database, statements, pages and messages to look at', () => {
  for (const name of ['connector.yaml', '.env', 'data/prepaid-hours.db']) {
    expect(existsSync(join(output, name))).toBe(true);
  }
  const read = (path: string) => readFileSync(path, 'utf8');
  const { statements, pages, pdfs, index } = outcome().papers;
  const clients = outcome().balances.clients.map(({ client }) => client);
  for (const papers of [statements, pages]) {
    expect(papers.map(({ client }) => client).sort()).toEqual(clients.toSorted());
    for (const { client, file } of papers) {
      expect(file.startsWith(output)).toBe(true);
      expect(read(file)).toMatch(/^<!doctype html>/i);
      expect(read(file)).toContain(client);
    }
  }
  for (const { file } of pages) expect(read(index)).toContain(basename(file));
  // Without a browser there are none, and the demo succeeds all the same.
  if (findChromium() !== null) expect(pdfs).toHaveLength(2);
  for (const file of pdfs) expect(read(file)).toMatch(/^%PDF/);
});

test('it leaves revenue as a page, figures and a journal', () => {
  const [page = '', figures = '', journal = ''] = outcome().recharges.revenue.files;
  expect(readFileSync(page, 'utf8')).toMatch(/Roll-forward of deferred revenue, USD/);
  expect(readFileSync(figures, 'utf8')).toMatch(/^month,currency,client,/);
  expect(readFileSync(journal, 'utf8')).toMatch(/Deferred revenue,\d+\.00,,Earned,Beacon Dental/);
});

test('it leaves the owner’s pages, and a proposal in each language', () => {
  const { owner } = outcome().papers;
  expect(owner.map((file) => basename(file))).toEqual([
    'leaks.html',
    'bridge.html',
    'proposal-en.html',
    'proposal-fr.html',
  ]);
  const pages = owner.map((file) => readFileSync(file, 'utf8'));
  expect(pages.map((page) => /<html lang="(..)"/.exec(page)?.[1])).toEqual([
    'en',
    'en',
    'en',
    'fr',
  ]);
  expect(pages.join()).not.toMatch(/undefined|NaN/);
});

test('it leaves the messages as the PSA shows them', () => {
  const messages = readFileSync(join(output, 'messages.md'), 'utf8');
  const { psa, recharges } = outcome();
  const tickets = [...psa.tickets, ...recharges.psa.tickets];
  const { invoices } = psa;
  for (const { id, summary } of tickets)
    expect(messages).toContain(`Ticket ${id} on Billing: ${summary}`);
  for (const { number } of invoices) expect(messages).toContain(`#### Invoice ${number}, EUR `);
  for (const { text } of tickets.flatMap(({ notes }) => notes)) expect(messages).toContain(text);
});

test('it never empties a folder that holds something else', async () => {
  writeFileSync(join(folder, 'mine.txt'), 'keep me');
  const { exitCode, stderr } = await demo('--out', folder);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('holds other files');
  expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('keep me');
});

describe('it would notice', () => {
  function faultsAfter(spoil: (spoilt: Outcome) => void): string {
    const spoilt = outcome();
    const month = createMonth(Date.parse(spoilt.balances.asOf));
    expect(findFaults(spoilt, month, planSecondAct(month))).toEqual([]);
    spoil(spoilt);
    return findFaults(spoilt, month, planSecondAct(month)).join('\n');
  }

  test.each<[string, (spoilt: Outcome) => void, string]>([
    [
      'a second alert',
      ({ psa }) => psa.tickets.push(...psa.tickets.slice(0, 1)),
      'has 2 alert tickets, not 1',
    ],
    [
      'a second invoice',
      ({ psa }) => psa.invoices.push(...psa.invoices.slice(0, 1)),
      'has 2 invoices, not 1',
    ],
    [
      'a balance that is a second off',
      ({ balances }) => {
        for (const client of balances.clients.slice(0, 1)) client.settledSeconds += 1;
      },
      'Dupont Plomberie has',
    ],
    [
      'a recharge that nobody approved',
      ({ recharges }) => {
        for (const entry of recharges.journal)
          entry.text = entry.text.replace('to approve', 'invoiced');
      },
      'Beacon Dental, step 1: ticket on day 0: Ticket: 1.5 h left, 10 h invoiced, not ticket',
    ],
    [
      'a second charge',
      ({ recharges }) => {
        const charges = recharges.journal.filter(({ kind }) => kind === 'charge');
        recharges.journal.push(...charges.slice(0, 1));
      },
      'ACH debit of $1,200.00: processing, not anything',
    ],
    [
      'a note that the client never got',
      ({ recharges }) => {
        recharges.journal = recharges.journal.filter(
          ({ kind, day }) => kind !== 'note' || day !== 43,
        );
      },
      'not note on day 43',
    ],
    [
      'hours that nobody paid for',
      ({ recharges }) => {
        for (const client of recharges.balances.clients) client.settledSeconds += 36_000;
      },
      'Cobalt Robotics has 5.25 h left, not -4.75 h',
    ],
    [
      'a returned payment that counts as collected',
      ({ recharges }) => {
        for (const recharge of recharges.payments.recharges) recharge.state = 'collected';
      },
      'Cobalt Robotics has 1 collected recharges, not 0',
    ],
    [
      'revenue that is a cent off',
      ({ recharges }) => {
        for (const { total } of recharges.revenue.report.currencies) total.closingMinor += 1;
      },
      'Deferred revenue is 270001, not 270000',
    ],
    [
      'a buyer’s file with another hash',
      ({ recharges }) => {
        recharges.revenue.buyer.sha256 = '0';
      },
      'The buyer’s file does not verify',
    ],
    [
      'a client without a page',
      ({ papers }) => papers.pages.splice(0, 1),
      'has 1 statements and 0 pages',
    ],
    [
      'unbilled hours that are a second off',
      ({ papers }) => {
        for (const { rows } of papers.leaks.clients) for (const row of rows) row.seconds += 1;
      },
      'Harbour Dental leaked',
    ],
    [
      'another month of a flat price',
      ({ papers }) => {
        for (const { months } of papers.bridge.clients)
          for (const one of months) one.usedSeconds += 1;
      },
      'Harbour Dental used other hours in',
    ],
    [
      'a third run that posts',
      ({ runs }) => {
        for (const step of runs[2]?.steps ?? []) step.posted += 1;
      },
      'The third run changed something',
    ],
    [
      'a third run that asks twice',
      ({ runs }) => {
        for (const step of runs[2]?.steps ?? []) step.requests += 1;
      },
      'The third run sent',
    ],
    [
      'a ledger that does not verify',
      ({ verify }) => {
        verify.ok = false;
      },
      'does not verify',
    ],
  ])('%s', (_, spoil, fault) => {
    expect(faultsAfter(spoil)).toContain(fault);
  });
});
