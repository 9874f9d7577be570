import { runContractSuite } from '../contract-suite.ts';
import { stripeSubject } from './subject.ts';

runContractSuite(stripeSubject);
