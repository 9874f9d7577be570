import { connectwiseSubject } from './connectwise-subject.ts';
import { runContractSuite } from './contract-suite.ts';

runContractSuite(connectwiseSubject);
