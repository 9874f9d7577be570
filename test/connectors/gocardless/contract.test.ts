import { runContractSuite } from '../contract-suite.ts';
import { gocardlessSubject } from './subject.ts';

runContractSuite(gocardlessSubject);
