/**
 * What the rest of the program takes for granted of every connector, over real HTTP against the
 * vendor's sandbox. One call of `runContractSuite` in each vendor's test file declares all of it.
 */
import { describe } from '@jest/globals';
import { describeAbsent } from './contract-absent.ts';
import { type ContractSubject, hasTime } from './contract-bench.ts';
import { describeChecks } from './contract-checks.ts';
import { describeMutations } from './contract-mutations.ts';
import { describePayments } from './contract-payments.ts';
import { describePushing } from './contract-pushing.ts';
import { describeReading } from './contract-reading.ts';
import { describeWork } from './contract-work.ts';

export type { ContractBench, ContractSubject } from './contract-bench.ts';

export function runContractSuite(subject: ContractSubject): void {
  describe(`${subject.vendor.title} keeps the contract`, () => {
    describe('when checked', () => describeChecks(subject));
    describe('when read', () => describeReading(subject));
    if (hasTime(subject)) describe('when there is work', () => describeWork(subject));
    if (subject.vendor.pulls.includes('payments')) {
      describe('when money moves', () => describePayments(subject));
    }
    describe('when answered less', () => describeAbsent(subject));
    describe('when answered nonsense', () => describeMutations(subject));
    for (const kind of subject.vendor.pushes) {
      describe(`when it is sent: ${kind}`, () => describePushing(subject, kind));
    }
  });
}
