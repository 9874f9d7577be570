import { runContractSuite } from './contract-suite.ts';
import { kaseyaBmsSubject } from './kaseya-bms-subject.ts';

runContractSuite(kaseyaBmsSubject);
