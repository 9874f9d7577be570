/** Users, devices and device groups. The first two are kept for a day, since a session names them by id alone. */
import { believeRows, parseAll } from '../kit/reading/lists.ts';
import { remember } from '../kit/reading/remembered.ts';
import type { MeshCall } from './call.ts';
import { fromNode, fromUser, nameInId } from './mapping.ts';
import { KnownNode, KnownUser, Mesh, Meshes, Node, Nodes, User, Users } from './schema.ts';

export type Lists = ReturnType<typeof createLists>;

export function createLists() {
  return {
    users: remember('users', KnownUser, async (mesh: MeshCall) => {
      const { users } = await mesh.ask('users', Users);
      return parseAll(users ?? [], User).map(fromUser);
    }),
    nodes: remember('nodes', KnownNode, async (mesh: MeshCall) => {
      const { nodes } = await mesh.ask('nodes', Nodes);
      return Object.entries(nodes).flatMap(([meshId, rows]) =>
        parseAll(rows, Node).map((node) => fromNode(node, meshId)),
      );
    }),
  };
}

/** Device groups that the account sees. */
export async function readMeshes(mesh: MeshCall): Promise<readonly unknown[]> {
  return (await mesh.ask('meshes', Meshes)).meshes;
}

/** Strict, for `check`. */
export async function allMeshes(mesh: MeshCall): Promise<Mesh[]> {
  return believeRows({ path: 'meshes' }, await readMeshes(mesh), Mesh);
}

/** A user who is gone, or is not shown, is still who the id names. */
export async function findUser(mesh: MeshCall, id: string): Promise<KnownUser> {
  const found = await mesh.lists.users.find(mesh, (user) => user.id === id);
  return found ?? { id, name: nameInId(id), email: null };
}

/** Null for a device that was deleted. */
export function findNode(mesh: MeshCall, id: string | null): Promise<KnownNode | null> {
  if (id === null) return Promise.resolve(null);
  return mesh.lists.nodes.find(mesh, (node) => node.id === id);
}
