/** The service as a user that owns nothing, with the rights that the guide's statements give it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';
import { openServer } from './server.ts';

const guide = new URL('../../config/guide/postgres.md', import.meta.url);

/** As the guide has them, one by one. */
function statementsOf(role: string): string[] {
  const blocks = readFileSync(guide, 'utf8').matchAll(/```sql\n([\s\S]*?)```/g);
  const [block] = [...blocks].map(([, sql]) => sql ?? '').filter((sql) => sql.includes(role));
  return (block ?? '').split(';').filter((sql) => sql.trim() !== '');
}

async function query(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

async function secondsOf(msp: SmallMsp): Promise<number> {
  const { clients } = await msp.ask<{ clients: { client: string; settledSeconds: number }[] }>(
    'balances',
  );
  return clients.find(({ client }) => client === 'Martin')?.settledSeconds ?? 0;
}

test('it runs and shows balances; it changes no ledger and makes no schema', async () => {
  const server = await openServer();
  if (server === null) throw new Error('there is no PostgreSQL here');
  const as = (role: string) => server.url.replace('hours@', `${role}@`);
  try {
    await withMspHere({ store: server.url }, async (msp) => {
      expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
      const before = await secondsOf(msp);
      const [createRole = '', ...grants] = statementsOf('hours_service');
      await query(as('admin'), createRole);
      await query(as('hours'), ...grants);

      msp.store = as('hours_service');
      msp.configure({});
      msp.addWork({ company: msp.ids.martin, hours: '1.00', isNew: true });
      expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
      expect(before - (await secondsOf(msp))).toBe(3600);
      const refused = ['UPDATE prepaid_hours.ledger SET seconds = 0', 'CREATE SCHEMA other'];
      for (const sql of refused) {
        await expect(query(msp.store, sql)).rejects.toThrow(/permission denied/);
      }
      const verified = await msp.run('verify');
      expect(verified).toMatchObject({ exitCode: 2 });
      expect(verified.stderr).toContain('This user lacks a right in the database');
    });
  } finally {
    await server.remove();
  }
}, 120_000);
