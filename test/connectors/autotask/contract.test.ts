import { runContractSuite } from '../contract-suite.ts';
import { autotaskSubject } from './subject.ts';

runContractSuite(autotaskSubject);
