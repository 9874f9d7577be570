import { hash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import type { AcceptedAgreement } from '../../src/store/port.ts';
import { at, closeAfterwards, makeFolder, now, openRaw } from './store-bench.ts';

function acceptedOf(fields: Partial<AcceptedAgreement> = {}): AcceptedAgreement {
  const parts = { terms: '{"overage":"carry"}', html: '<p>1</p>', text: 'one' };
  const hashOf = (text: string) => hash('sha256', text, 'hex');
  return {
    clientId: 'dupont',
    version: 1,
    ...parts,
    termsHash: hashOf(parts.terms),
    htmlHash: hashOf(parts.html),
    textHash: hashOf(parts.text),
    datedOn: '2026-03-01',
    acceptedOn: '2026-03-02',
    evidence: 'Ticket 4711',
    acceptedBy: null,
    recordedAt: at,
    runId: 'm-1',
    ...fields,
  };
}

async function openWithDupont() {
  const file = join(makeFolder(), 'store.db');
  const store = closeAfterwards(await openStore({ file, now }));
  const sourceIds = new Map([['psa', '1']]);
  const client = { name: 'Dupont', sourceIds, formerIds: new Map(), paidBy: null };
  const [clientId = ''] = await store.assignClientIds([client], at);
  return { file, store, clientId };
}

test('an accepted agreement is read as it was recorded, oldest version first', async () => {
  const { store, clientId } = await openWithDupont();
  const first = acceptedOf({ clientId, acceptedBy: 'Ann Lee' });
  const second = acceptedOf({ clientId, version: 2 });
  await store.addAcceptedAgreement(first);
  await store.addAcceptedAgreement(second);
  expect(await store.readAcceptedAgreement(clientId, 1)).toEqual(first);
  expect(await store.readAcceptedAgreement(clientId, 3)).toBeNull();
  const { html: _html, text: _text, ...acceptance } = second;
  expect((await store.listAcceptances()).at(-1)).toEqual(acceptance);
  expect(await store.verify()).toBeNull();
});

test('a version that is not the next one is refused, and nothing is written', async () => {
  const { store, clientId } = await openWithDupont();
  await store.addAcceptedAgreement(acceptedOf({ clientId }));
  for (const version of [1, 3]) {
    const wrong = acceptedOf({ clientId, version });
    await expect(store.addAcceptedAgreement(wrong)).rejects.toMatchObject({ kind: 'config' });
  }
  expect(await store.listAcceptances()).toHaveLength(1);
});

test.each([
  "UPDATE accepted_agreement SET evidence = 'another'",
  'DELETE FROM accepted_agreement',
  'INSERT OR REPLACE INTO accepted_agreement SELECT * FROM accepted_agreement',
])('the database itself refuses: %s', async (sql) => {
  const { file, store, clientId } = await openWithDupont();
  await store.addAcceptedAgreement(acceptedOf({ clientId }));
  expect(() => openRaw(file).exec(sql)).toThrow(/append-only/);
});

test.each(['terms', 'html', 'text'])('verify finds a changed column: %s', async (column) => {
  const { file, store, clientId } = await openWithDupont();
  await store.addAcceptedAgreement(acceptedOf({ clientId }));
  const raw = openRaw(file);
  raw.exec('DROP TRIGGER accepted_agreement_is_append_only_update');
  raw.exec(`UPDATE accepted_agreement SET ${column} = 'changed'`);
  const detail = `its hash does not cover its ${column}`;
  expect(await store.verify()).toMatchObject({ detail });
});

test('a copy of the database has the accepted agreements', async () => {
  const { file, store, clientId } = await openWithDupont();
  await store.addAcceptedAgreement(acceptedOf({ clientId }));
  for (const copy of [`${file}.backup`, `${file}.rebuild`]) {
    await (copy.endsWith('backup') ? store.backup(copy) : store.copyMirror(copy, now()));
    const opened = closeAfterwards(await openStore({ file: copy, now }));
    expect(await opened.readAcceptedAgreement(clientId, 1)).toEqual(acceptedOf({ clientId }));
  }
});
