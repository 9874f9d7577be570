import { acceptAgreement } from '../service/agreements/accept.ts';
import { openApp } from '../service/app/app.ts';
import { restoreBackup } from '../service/backup/restore.ts';
import { runCheck } from '../service/check/check.ts';
import { adjustBalance } from '../service/corrections/adjust.ts';
import { addBlock, extendBlock, voidBlock } from '../service/corrections/blocks.ts';
import { markTold } from '../service/corrections/mark-told.ts';
import { acceptInvoice, acceptOrder, resumeSales } from '../service/corrections/release.ts';
import { sellBlock } from '../service/corrections/sell.ts';
import { listUndoable, undoRun } from '../service/corrections/undo.ts';
import { previewGoLive } from '../service/go-live/preview.ts';
import { planConfig } from '../service/plan/plan.ts';
import { runOnce } from '../service/run/run.ts';
import { startService } from '../service/schedule/start.ts';
import { registerCallbacks } from '../service/setup/callbacks.ts';
import type { openWeb } from '../web/server.ts';

/** What the commands call; tests pass their own. */
export const service = {
  openApp,
  runOnce,
  runCheck,
  previewGoLive,
  startService,
  planConfig,
  // Only `start` needs it, so no other command waits until it is loaded.
  openWeb: (async (view) => (await import('../web/server.ts')).openWeb(view)) as typeof openWeb,
  adjustBalance,
  addBlock,
  extendBlock,
  voidBlock,
  sellBlock,
  acceptInvoice,
  acceptOrder,
  resumeSales,
  markTold,
  undoRun,
  listUndoable,
  restoreBackup,
  acceptAgreement,
  registerCallbacks,
};

export type Service = typeof service;
