import { expect, test } from '@jest/globals';
import { wouldLockOut } from '../../src/service/backup/restore.ts';

test.each([
  ['root, of a database that is the service’s', 0, 990, true],
  ['root, of its own', 0, 0, false],
  ['the service itself', 990, 990, false],
  ['a system without user ids', null, 0, false],
])('a restore by %s is refused if it would lock the service out', (_, userId, ownerId, isSo) => {
  expect(wouldLockOut(userId, ownerId)).toBe(isSo);
});
