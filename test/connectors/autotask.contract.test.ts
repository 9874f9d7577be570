import { autotaskSubject } from './autotask-subject.ts';
import { runContractSuite } from './contract-suite.ts';

runContractSuite(autotaskSubject);
