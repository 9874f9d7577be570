import { runContractSuite } from '../contract-suite.ts';
import { kaseyaBmsSubject } from './subject.ts';

runContractSuite(kaseyaBmsSubject);
