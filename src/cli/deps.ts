import type { SendNotice } from '../contract/notices.ts';
import type { VendorRegistry } from '../contract/registry.ts';
import type { openApp } from '../service/app/app.ts';
import type { restoreBackup } from '../service/backup/restore.ts';
import type { runCheck } from '../service/check/check.ts';
import type { adjustBalance } from '../service/corrections/adjust.ts';
import type { addBlock, extendBlock, voidBlock } from '../service/corrections/blocks.ts';
import type { markTold } from '../service/corrections/mark-told.ts';
import type { acceptInvoice, acceptOrder, resumeSales } from '../service/corrections/release.ts';
import type { listUndoable, undoRun } from '../service/corrections/undo.ts';
import type { previewGoLive } from '../service/go-live/preview.ts';
import type { planConfig } from '../service/plan/plan.ts';
import type { runOnce } from '../service/run/run.ts';
import type { startService } from '../service/schedule/start.ts';
import type { openWeb } from '../web/server.ts';
import type { Asker } from './setup/init/asker.ts';

/** What the commands call; tests pass their own. */
export interface Service {
  openApp: typeof openApp;
  runOnce: typeof runOnce;
  runCheck: typeof runCheck;
  previewGoLive: typeof previewGoLive;
  startService: typeof startService;
  openWeb: typeof openWeb;
  planConfig: typeof planConfig;
  adjustBalance: typeof adjustBalance;
  addBlock: typeof addBlock;
  extendBlock: typeof extendBlock;
  voidBlock: typeof voidBlock;
  acceptInvoice: typeof acceptInvoice;
  acceptOrder: typeof acceptOrder;
  resumeSales: typeof resumeSales;
  markTold: typeof markTold;
  undoRun: typeof undoRun;
  listUndoable: typeof listUndoable;
  restoreBackup: typeof restoreBackup;
}

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
