import { expect, test } from '@jest/globals';
import { decideCoverage, isCovered, isListed } from '../../src/domain/charges/coverage.ts';
import { agreementOf } from '../support/terms.ts';

const listed = agreementOf({
  workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'excluded' },
  excludedTechnicians: ['Trainee'],
});
const work = { technician: 'Ada', workType: 'Remote', role: null, isBillable: true };

test.each([
  ['what the list covers', {}, 'covered'],
  ['names as people write them', { workType: '  rEMOTE ' }, 'covered'],
  ['excluded work', { workType: 'Travel' }, 'free-excluded'],
  ['work in no list', { workType: 'Cabling' }, 'free-unlisted'],
  ['work without a type', { workType: null }, 'free-unlisted'],
  ['what the PSA calls not billable', { isBillable: false }, 'free-not-billable'],
  ['work of which the PSA does not say', { isBillable: null }, 'covered'],
  ['an excluded technician', { technician: 'trainee' }, 'free-technician'],
])('%s', (_, fields, verdict) => {
  expect(decideCoverage({ ...work, ...fields }, listed)).toBe(verdict);
});

test('unlisted work is covered where the agreement says so, and marked', () => {
  const workTypes = { covered: ['Remote'], excluded: [], unlisted: 'covered' } as const;
  const verdict = decideCoverage({ ...work, workType: 'New' }, agreementOf({ workTypes }));
  expect(verdict).toBe('covered-unlisted');
  expect(isCovered(verdict)).toBe(true);
});

test('what an agreement only excludes by name leaves the rest unlisted', () => {
  const workTypes = { covered: [], excluded: [' Travel '], unlisted: 'covered' } as const;
  const verdict = (workType: string) =>
    decideCoverage({ ...work, workType }, agreementOf({ workTypes }));
  expect(verdict('New')).toBe('covered-unlisted');
  expect(verdict('travel')).toBe('free-excluded');
});

test('an agreement that lists nothing leaves nothing unlisted', () => {
  expect(decideCoverage({ ...work, workType: 'New' }, agreementOf())).toBe('covered');
  const none = agreementOf({ workTypes: { covered: [], excluded: [], unlisted: 'excluded' } });
  expect(decideCoverage({ ...work, workType: 'New' }, none)).toBe('free-unlisted');
});

test('an excluded role is free, and so is every other where roles are listed as covered', () => {
  const verdict = (role: string | null, roles: { covered?: string[]; excluded?: string[] }) =>
    decideCoverage(
      { ...work, role },
      agreementOf({ roles: { covered: [], excluded: [], ...roles } }),
    );
  expect(verdict('junior', { excluded: ['Junior'] })).toBe('free-role');
  expect(verdict(null, { excluded: ['Junior'] })).toBe('covered');
  expect(verdict('Senior', { covered: ['Senior'] })).toBe('covered');
  expect(verdict('Other', { covered: ['Senior'] })).toBe('free-role');
  expect(verdict(null, { covered: ['Senior'] })).toBe('free-role');
});

test('no name is in no list', () => {
  expect(isListed(null, ['', 'Remote'])).toBe(false);
});
