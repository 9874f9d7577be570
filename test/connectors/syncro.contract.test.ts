import { runContractSuite } from './contract-suite.ts';
import { syncroSubject } from './syncro-subject.ts';

runContractSuite(syncroSubject);
