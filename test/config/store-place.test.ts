import { describe, expect, test } from '@jest/globals';
import { readStorePlace } from '../../src/config/read/store-place.ts';

const layers = [{ STORE_PASSWORD: 'p@ss/word 1', USER: 'hours', SHORT: 'abc' }];
const read = (store: string) =>
  readStorePlace(store, '/srv/hours/config/prepaid-hours.yaml', layers);

describe('where the database is', () => {
  test('a path is relative to the folder above config', () => {
    expect(read('./data/hours.db')).toEqual({
      place: '/srv/hours/data/hours.db',
      secrets: [],
      problems: [],
    });
  });

  test('a password with any characters comes from the environment and is redacted in both spellings', () => {
    const { place, secrets, problems } = read(
      `postgres://hours:\${STORE_PASSWORD}@db.example.com/hours`,
    );
    expect(problems).toEqual([]);
    expect(new URL(place)).toMatchObject({
      hostname: 'db.example.com',
      password: 'p%40ss%2Fword%201',
    });
    expect(secrets).toEqual(['p@ss/word 1', 'p%40ss%2Fword%201']);
  });

  test('what is no password is substituted as well, and stays readable in the log', () => {
    const { place, secrets } = read(
      `postgres://\${USER}:\${STORE_PASSWORD}@db.example.com/\${USER}`,
    );
    expect(new URL(place)).toMatchObject({ username: 'hours', pathname: '/hours' });
    expect(secrets).not.toContain('hours');
  });

  test.each([
    [
      'a password in the file',
      'postgres://hours:open@db.example.com/hours',
      /must not be in this file/,
    ],
    [
      'a variable that is not set',
      `postgres://hours:\${OTHER}@db.example.com/hours`,
      /OTHER is not set/,
    ],
    ['no database', 'postgres://hours@db.example.com', /not valid.*postgres:\/\/USER/],
    [
      'a password that cannot be redacted',
      `postgres://hours:\${SHORT}@db.example.com/hours`,
      /SHORT is too short for a secret/,
    ],
  ])('%s is a fault', (_, store, message) => {
    expect(read(store).problems).toEqual([
      { path: ['store'], message: expect.stringMatching(message), at: 'value' },
    ]);
  });
});
