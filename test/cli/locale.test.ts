import { expect, test } from '@jest/globals';
import { toFormatOptions } from '../../src/domain/format.ts';
import { client, entry, facts, openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

const american = toFormatOptions('en-US');

async function benchIn(reading = american): Promise<CliBench> {
  const bench = await openReportBench(client(reading));
  await bench.buy('2026-03-01T08:00:00.000Z', { currency: 'USD', expiresOn: '2027-02-28' });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 8100 })]));
  const cli = new CliBench(bench);
  cli.config = reading;
  return cli;
}

test('en-US: dollars, decimal hours and American dates in every table and report', async () => {
  const cli = await benchIn();
  const balances = (await cli.run(['balances', 'dupont'])).out;
  expect(balances).toContain(
    'Dupont Plomberie   7.75 h              7.75 h  Jun 17 – Feb 28, 2027',
  );
  expect(balances).toMatch(/b-1 +10\.00 h +\$120\.00 +Mar 1, 2026 +Feb 28, 2027 +7\.75 h +active/);
  expect((await cli.run(['report', 'forecast'])).out).toContain('7.75 h  Jun 17 – Feb 28, 2027');
  const statement = (
    await cli.run(['statement', 'dupont', '--month', '2026-03', '--format', 'text'])
  ).out;
  expect(statement).toContain('March 1, 2026 to March 31, 2026 (Europe/Paris)');
  expect(statement).toMatch(/March 4, 2026 .* 2\.25 h +2\.25 h +b-1 +\$270\.00/);
  const page = (await cli.run(['statement', 'dupont', '--month', '2026-03'])).out;
  expect(page).toContain('<html lang="en-US">');
  expect(page).toContain('+10.00 h');
  const explained = (await cli.run(['explain', 'e1'])).out;
  expect(explained).toContain('2.25 h from block b-1 (10.00 h at $120.00)');
  const balance = (await cli.run(['explain', 'balance', 'dupont', '--on', '2026-03-31'])).out;
  expect(balance).toContain('Block b-1: 10.00 h at $120.00 per hour, bought March 1, 2026');
  for (const text of [balances, statement, page, explained, balance]) {
    expect(text).not.toMatch(/\d USD|USD \d|\d h \d|\d min\b/);
  }
  const added = await cli.run(['adjust', 'dupont', '--hours', '1.5', '--reason', 'Gift']);
  expect(added.out).toBe('Dupont Plomberie: +1.50 h; 9.25 h left.\n');
});

test('the JSON is the same whatever the locale', async () => {
  const documents = async (reading: typeof american) => {
    const cli = await benchIn(reading);
    const balances = await cli.json(['balances']);
    const statement = await cli.json(['statement', 'dupont', '--month', '2026-03']);
    return JSON.stringify([balances, statement]).replaceAll(`"locale":"${reading.locale}"`, '');
  };
  const english = await documents(toFormatOptions('en'));
  expect(await documents(american)).toBe(english);
  expect(await documents(toFormatOptions('fr', 'decimal'))).toBe(english);
});

test('the same English texts in en-GB, with pounds and the clock', async () => {
  const cli = await benchIn(toFormatOptions('en-GB'));
  expect((await cli.run(['balances', 'dupont'])).out).toMatch(
    /US\$120\.00 +1 Mar 2026 +28 Feb 2027 +7 h 45/,
  );
  const out = (await cli.run(['explain', 'e1', '--locale', 'en-US'])).out;
  expect(out).toContain('2 h 15 from block b-1 (10 h at $120.00)');
});
