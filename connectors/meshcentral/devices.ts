/**
 * Devices by id, as sessions name them. Each is asked for by itself, since the list of all may be large, or limited by
 * the server. What was known of one that was deleted since is kept.
 */
import { z } from 'zod';
import { isRecent } from '../http/answers/clock.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { parseAll } from '../kit/reading/lists.ts';
import type { MeshCall } from './call.ts';
import { fromNode } from './mapping.ts';
import { KnownNode, Node, Nodes } from './schema.ts';

const memoryKey = 'devices';
const dayMs = 86_400_000;
/** A device may be renamed, or moved to another group. */
const freshMs = dayMs;
/** Sessions are read again for a day only, so that an older one is of no use. */
const keptMs = 30 * dayMs;

interface Devices {
  /** Null for one that was deleted before it was ever asked for. */
  find(mesh: MeshCall, id: string | null): Promise<KnownNode | null>;
  /** Writes down what was found since. */
  keep(mesh: MeshCall): Promise<void>;
}

export function createDevices(): Devices {
  let known: Map<string, KnownNode> | null = null;
  let hasNew = false;
  return {
    async find(mesh, id) {
      if (id === null) return null;
      const nowMs = mesh.context.now();
      known ??= await recall(mesh);
      const before = known.get(id) ?? null;
      if (before !== null && isRecent(before.readAtMs, nowMs, freshMs)) return before;
      const { nodes } = await mesh.ask('nodes', Nodes, { id });
      const [found] = Object.entries(nodes).flatMap(([meshId, rows]) =>
        parseAll(rows, Node).map((node) => fromNode(node, meshId, nowMs)),
      );
      if (found?.id !== id) return before;
      known.set(id, found);
      hasNew = true;
      return found;
    },
    async keep({ context }) {
      if (!hasNew || known === null) return;
      const nowMs = context.now();
      const kept = [...known.values()].filter((one) => isRecent(one.readAtMs, nowMs, keptMs));
      await context.memory.set(memoryKey, JSON.stringify(kept));
      hasNew = false;
    },
  };
}

async function recall({ context }: MeshCall): Promise<Map<string, KnownNode>> {
  const stored = z.array(KnownNode).safeParse(jsonOrNull(await context.memory.get(memoryKey)));
  return new Map((stored.data ?? []).map((node) => [node.id, node]));
}
