import { runContractSuite } from '../contract-suite.ts';
import { halopsaSubject } from './subject.ts';

runContractSuite(halopsaSubject);
