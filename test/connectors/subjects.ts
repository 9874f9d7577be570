/** Every vendor's bench, for tests that ask the same of all. */
import { ateraSubject } from './atera/subject.ts';
import { autotaskSubject } from './autotask/subject.ts';
import { connectwiseSubject } from './connectwise/subject.ts';
import { type ContractSubject, hasTime } from './contract-bench.ts';
import { gocardlessSubject } from './gocardless/subject.ts';
import { halopsaSubject } from './halopsa/subject.ts';
import { kaseyaBmsSubject } from './kaseya-bms/subject.ts';
import { meshcentralSubject } from './meshcentral/subject.ts';
import { ninjaoneSubject } from './ninjaone/subject.ts';
import { requestTrackerSubject } from './request-tracker/subject.ts';
import { stripeSubject } from './stripe/subject.ts';
import { superopsSubject } from './superops/subject.ts';
import { syncroSubject } from './syncro/subject.ts';

export const subjects: readonly ContractSubject[] = [
  ateraSubject,
  autotaskSubject,
  connectwiseSubject,
  gocardlessSubject,
  halopsaSubject,
  kaseyaBmsSubject,
  meshcentralSubject,
  ninjaoneSubject,
  requestTrackerSubject,
  stripeSubject,
  superopsSubject,
  syncroSubject,
];

/** Those with tickets and time. */
export const psaSubjects = subjects.filter(hasTime);
