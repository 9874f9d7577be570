import { expect, test } from '@jest/globals';
import { describeError, isKindError, KindError } from '../../src/domain/errors.ts';

const refused = new KindError('auth', 'The PSA refused the key.', {
  fix: 'Make a new one.',
  status: 401,
  cause: new Error('socket'),
});

test('an error is asked for its kind, never for its text', () => {
  expect(isKindError(refused)).toBe(true);
  expect(isKindError(refused, 'permission', 'auth')).toBe(true);
  expect(isKindError(refused, 'transient')).toBe(false);
  expect(isKindError(new Error('auth'), 'auth')).toBe(false);
});

test('one line says what happened and what to do', () => {
  expect(describeError(refused)).toBe('The PSA refused the key. Make a new one.');
  expect(describeError(new KindError('rejected', 'No.'))).toBe('No.');
  expect(describeError(new Error('a defect'))).toBe('a defect');
  expect(describeError('a text')).toBe('a text');
});

test('what led to it is kept for the log', () => {
  expect(refused).toMatchObject({ status: 401, cause: { message: 'socket' } });
  expect(new KindError('auth', 'x')).not.toHaveProperty('cause');
  expect(refused.name).toBe('KindError');
});
