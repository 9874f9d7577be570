import { runContractSuite } from '../contract-suite.ts';
import { superopsSubject } from './subject.ts';

runContractSuite(superopsSubject);
