import { runContractSuite } from '../contract-suite.ts';
import { requestTrackerSubject } from './subject.ts';

runContractSuite(requestTrackerSubject);
