import { runContractSuite } from './contract-suite.ts';
import { halopsaSubject } from './halopsa-subject.ts';

runContractSuite(halopsaSubject);
