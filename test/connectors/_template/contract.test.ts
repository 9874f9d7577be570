import { runContractSuite } from '../contract-suite.ts';
import { plainDeskSubject } from './subject.ts';

runContractSuite(plainDeskSubject);
