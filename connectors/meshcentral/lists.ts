/** Users, who are remembered for a day since a session names them by id alone, and device groups. */
import { believeRows, parseAll } from '../kit/reading/lists.ts';
import { remember } from '../kit/reading/remembered.ts';
import type { MeshCall } from './call.ts';
import { createDevices } from './devices.ts';
import { fromUser, nameInId } from './mapping.ts';
import { KnownUser, Mesh, Meshes, User, Users } from './schema.ts';

export type Lists = ReturnType<typeof createLists>;

export function createLists() {
  return {
    users: remember('users', KnownUser, async (mesh: MeshCall) => {
      const { users } = await mesh.ask('users', Users);
      return parseAll(users ?? [], User).map(fromUser);
    }),
    devices: createDevices(),
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
