import { runContractSuite } from './contract-suite.ts';
import { superopsSubject } from './superops-subject.ts';

runContractSuite(superopsSubject);
