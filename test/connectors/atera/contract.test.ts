import { runContractSuite } from '../contract-suite.ts';
import { ateraSubject } from './subject.ts';

runContractSuite(ateraSubject);
