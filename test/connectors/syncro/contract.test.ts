import { runContractSuite } from '../contract-suite.ts';
import { syncroSubject } from './subject.ts';

runContractSuite(syncroSubject);
