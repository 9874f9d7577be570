import { runContractSuite } from './contract-suite.ts';
import { requestTrackerSubject } from './request-tracker-subject.ts';

runContractSuite(requestTrackerSubject);
