import { runContractSuite } from '../contract-suite.ts';
import { connectwiseSubject } from './subject.ts';

runContractSuite(connectwiseSubject);
