import { type AdjustRequest, adjustBalance } from './adjust.ts';
import {
  addBlock,
  type BlockRequest,
  type ExtendRequest,
  extendBlock,
  type VoidRequest,
  voidBlock,
} from './blocks.ts';
import type { ManualApp, ManualEntry } from './by-hand.ts';
import { type MarkRequest, markTold } from './mark-told.ts';

type Repeat = (app: ManualApp, request: unknown, runId: string) => Promise<unknown>;

/** The request is read back as the entry stored it. */
const repeats: Record<ManualEntry['command'], Repeat> = {
  adjust: (app, request, runId) => adjustBalance(app, request as AdjustRequest, runId),
  'block add': (app, request, runId) => addBlock(app, request as BlockRequest, runId),
  'block extend': (app, request, runId) => extendBlock(app, request as ExtendRequest, runId),
  'block void': (app, request, runId) => voidBlock(app, request as VoidRequest, runId),
  'mark told': (app, request, runId) => markTold(app, request as MarkRequest, runId),
};

/** Repeats an entry in a store that does not have it yet, under the same run ID. */
export async function repeatEntry(
  app: ManualApp,
  run: { id: string; command: string; result: string },
): Promise<void> {
  // Orders only exist after the first live run, so decisions about them are never repeated.
  if (!(run.command in repeats)) return;
  const { request } = JSON.parse(run.result) as { request: unknown };
  await repeats[run.command as ManualEntry['command']](app, request, run.id);
}
