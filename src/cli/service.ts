/** What the commands call; tests pass their own. A module is loaded only if its function is called. */
export const service = {
  openApp: later(async () => (await import('../service/app/app.ts')).openApp),
  runOnce: later(async () => (await import('../service/run/run.ts')).runOnce),
  runCheck: later(async () => (await import('../service/check/check.ts')).runCheck),
  previewGoLive: later(async () => (await import('../service/go-live/preview.ts')).previewGoLive),
  startService: later(async () => (await import('../service/schedule/start.ts')).startService),
  planConfig: later(async () => (await import('../service/plan/plan.ts')).planConfig),
  openWeb: later(async () => (await import('../web/server.ts')).openWeb),
  adjustBalance: later(
    async () => (await import('../service/corrections/adjust.ts')).adjustBalance,
  ),
  addBlock: later(async () => (await import('../service/corrections/blocks.ts')).addBlock),
  extendBlock: later(async () => (await import('../service/corrections/blocks.ts')).extendBlock),
  voidBlock: later(async () => (await import('../service/corrections/blocks.ts')).voidBlock),
  sellBlock: later(async () => (await import('../service/corrections/sell.ts')).sellBlock),
  acceptInvoice: later(
    async () => (await import('../service/corrections/release.ts')).acceptInvoice,
  ),
  acceptOrder: later(async () => (await import('../service/corrections/release.ts')).acceptOrder),
  resumeSales: later(async () => (await import('../service/corrections/release.ts')).resumeSales),
  markTold: later(async () => (await import('../service/corrections/mark-told.ts')).markTold),
  undoRun: later(async () => (await import('../service/corrections/undo.ts')).undoRun),
  listUndoable: later(async () => (await import('../service/corrections/undo.ts')).listUndoable),
  restoreBackup: later(async () => (await import('../service/backup/restore.ts')).restoreBackup),
  migrateStore: later(
    async () => (await import('../service/backup/migrate-store.ts')).migrateStore,
  ),
  acceptAgreement: later(
    async () => (await import('../service/agreements/accept.ts')).acceptAgreement,
  ),
  registerCallbacks: later(
    async () => (await import('../service/setup/callbacks.ts')).registerCallbacks,
  ),
};

export type Service = typeof service;

/** The function, with the types of its own. */
function later<Args extends unknown[], Result>(
  load: () => Promise<(...args: Args) => Promise<Result>>,
): (...args: Args) => Promise<Result> {
  return async (...args) => (await load())(...args);
}
