/** After each test file: processes that its tests have left running are ended. */
import { afterAll } from '@jest/globals';
import { endCommands } from './run-command.ts';

afterAll(endCommands);
