/** Names of the config to ids of this ConnectWise, remembered; `check` looks each up anew. */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { isText } from './conditions.ts';
import { readAll } from './look-up.ts';

/** What a name may be of; types and statuses belong to a board. */
export type NameKind = 'board' | 'type' | 'status' | 'product' | 'department';

interface Directory {
  path: string;
  nameField: 'name' | 'identifier';
  /** What people call it. */
  noun: string;
  /** Long lists are asked for the one name only. */
  isLong: boolean;
  /** Fields that tell that it is out of use. */
  inactiveField: 'inactiveFlag' | 'inactive' | null;
}

function directoryOf(kind: NameKind, boardId: string): Directory {
  const short = { nameField: 'name', isLong: false } as const;
  const onBoard = `/service/boards/${boardId}`;
  switch (kind) {
    case 'board':
      return {
        ...short,
        path: '/service/boards',
        noun: 'service board',
        inactiveField: 'inactiveFlag',
      };
    case 'type':
      return {
        ...short,
        path: `${onBoard}/types`,
        noun: 'ticket type',
        inactiveField: 'inactiveFlag',
      };
    case 'status':
      return {
        ...short,
        path: `${onBoard}/statuses`,
        noun: 'ticket status',
        inactiveField: 'inactive',
      };
    case 'department':
      return { ...short, path: '/system/departments', noun: 'department', inactiveField: null };
    case 'product':
      return {
        path: '/procurement/catalog',
        nameField: 'identifier',
        noun: 'product',
        isLong: true,
        inactiveField: 'inactiveFlag',
      };
  }
}

const Named = z.object({
  id: Id,
  name: z.string().nullish(),
  identifier: z.string().nullish(),
  inactiveFlag: z.boolean().nullish(),
  inactive: z.boolean().nullish(),
});

/** The id, from memory where it is known. `boardId` for types and statuses. */
export async function idOfName(
  api: Api,
  kind: NameKind,
  name: string,
  signal: AbortSignal,
  boardId = '',
): Promise<string> {
  const remembered = await api.context.memory.get(memoryKey(kind, name, boardId));
  return remembered ?? lookUpName(api, kind, name, signal, boardId);
}

/** The id, asked for now and remembered; throws `config` when there is none, or it is out of use. */
export async function lookUpName(
  api: Api,
  kind: NameKind,
  name: string,
  signal: AbortSignal,
  boardId = '',
): Promise<string> {
  const { path, nameField, noun, isLong, inactiveField } = directoryOf(kind, boardId);
  const fields = ['id', nameField, ...(inactiveField === null ? [] : [inactiveField])].join(',');
  const filter = isLong ? { conditions: isText(nameField, name) } : {};
  const rows = await readAll(api, { path, fields, ...filter }, Named, signal);
  const found = rows.find((row) => row[nameField] === name);
  const key = memoryKey(kind, name, boardId);
  if (found === undefined) {
    await api.context.memory.delete(key);
    const others = rows.map((row) => row[nameField]).slice(0, 20);
    throw new KindError('config', `ConnectWise has no ${noun} called "${name}".`, {
      fix:
        others.length === 0
          ? 'Write the name as ConnectWise shows it, capitals included.'
          : `Write the name as ConnectWise shows it. There are: ${others.join(', ')}.`,
    });
  }
  if (inactiveField !== null && found[inactiveField] === true) {
    await api.context.memory.delete(key);
    throw new KindError('config', `The ${noun} "${name}" is out of use in ConnectWise.`, {
      fix: 'Activate it there, or name another one.',
    });
  }
  await api.context.memory.set(key, found.id);
  return found.id;
}

function memoryKey(kind: NameKind, name: string, boardId: string): string {
  return `name.${kind}:${boardId}:${name}`;
}
