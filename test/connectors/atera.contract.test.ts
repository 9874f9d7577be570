import { ateraSubject } from './atera-subject.ts';
import { runContractSuite } from './contract-suite.ts';

runContractSuite(ateraSubject);
