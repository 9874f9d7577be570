import { runContractSuite } from '../contract-suite.ts';
import { meshcentralSubject } from './subject.ts';

runContractSuite(meshcentralSubject);
