import type { SendNotice } from '../contract/notices.ts';
import type { VendorRegistry } from '../contract/registry.ts';
import type { Service } from './service.ts';
import type { Asker } from './setup/init/asker.ts';

export interface CliDeps {
  vendors: VendorRegistry;
  service: Service;
  /** Sends to a webhook or a ping address. */
  send: SendNotice;
  /** Writes to standard output: answers only. */
  out(text: string): void;
  /** Writes to standard error: errors, progress. */
  err(text: string): void;
  /** Whether each of the two is a terminal, and how wide the first is. */
  isOutTerminal: boolean;
  isErrTerminal: boolean;
  columns: number;
  /** Absent: nobody can be asked. */
  openAsker?(): Promise<Asker>;
  env: NodeJS.ProcessEnv;
  /** Aborted when the process was asked to stop. */
  signal: AbortSignal;
  version: string;
}
