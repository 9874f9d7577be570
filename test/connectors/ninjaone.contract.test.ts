import { runContractSuite } from './contract-suite.ts';
import { ninjaoneSubject } from './ninjaone-subject.ts';

runContractSuite(ninjaoneSubject);
