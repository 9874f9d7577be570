import { runContractSuite } from '../contract-suite.ts';
import { ninjaoneSubject } from './subject.ts';

runContractSuite(ninjaoneSubject);
