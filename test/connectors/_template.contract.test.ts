import { plainDeskSubject } from './_template-subject.ts';
import { runContractSuite } from './contract-suite.ts';

runContractSuite(plainDeskSubject);
