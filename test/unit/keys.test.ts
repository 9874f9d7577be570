import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blockIdOf, pushKeyOf, shortHash } from '../../src/domain/keys.ts';

const fits = /^[A-Za-z0-9_.:-]{1,50}$/;
/** What the store gives out: letters, digits and dashes, at most twenty. */
const ClientId = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
const kinds = ['alert', 'note', 'inv', 'bal'];

test('the key of a message fits every vendor’s field, whatever its cause', () => {
  const property = fc.property(ClientId, fc.string(), (clientId, cause) => {
    for (const kind of kinds) expect(pushKeyOf(kind, clientId, cause)).toMatch(fits);
  });
  fc.assert(property);
});

test('the same cause gives the same key, another kind, client or cause another one', () => {
  const key = pushKeyOf('inv', 'dupont', 'settled<=7200#1');
  expect(pushKeyOf('inv', 'dupont', 'settled<=7200#1')).toBe(key);
  const others = [
    pushKeyOf('alert', 'dupont', 'settled<=7200#1'),
    pushKeyOf('inv', 'martin', 'settled<=7200#1'),
    pushKeyOf('inv', 'dupont', 'settled<=7200#2'),
  ];
  expect(new Set([key, ...others]).size).toBe(4);
});

test('keys keep their bytes: they are in every database, and in the vendors’ records', () => {
  expect(pushKeyOf('inv', 'dupont', 'settled<=7200#1')).toBe('ph:inv:dupont:c6cb640e3a7c');
  expect(blockIdOf('opening:dupont:2026-09-01:1')).toBe('b-f29f848bb7');
});

test('a client’s long id is cut for the eye and still told apart', () => {
  const long = 'a'.repeat(40);
  expect(pushKeyOf('inv', `${long}1`, 'x')).not.toBe(pushKeyOf('inv', `${long}2`, 'x'));
  expect(pushKeyOf('inv', long, 'x')).toMatch(fits);
});

test('a block’s id comes from what it was bought by', () => {
  expect(blockIdOf('manual:dupont:r-1')).toMatch(/^b-[0-9a-f]{10}$/);
  expect(blockIdOf('a')).not.toBe(blockIdOf('b'));
  expect(shortHash('a', 12)).toHaveLength(12);
});
