import type { Api } from './api.ts';
import type { Directory } from './directory.ts';
import type { Owners } from './owners.ts';

/** What one connection's parts share. */
export interface Rooms {
  api: Api;
  directory: Directory;
  owners: Owners;
}
