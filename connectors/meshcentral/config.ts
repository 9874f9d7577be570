import { z } from 'zod';
import { BaseUrl, Name, upTo } from '../http/settings.ts';

const Address = BaseUrl.refine((text) => !/\.ashx/i.test(text), {
  message: 'is the address that people open, without control.ashx: https://mesh.example.org',
});

/** The settings of a connection with `vendor: meshcentral`. */
export const MeshcentralConfig = z.strictObject({
  baseUrl: Address.describe(
    'Address of MeshCentral as people open it, with the path of its domain if it has one: https://mesh.example.org or https://mesh.example.org/customers.',
  ),
  user: Name.describe('User name of a login token (My Account, Manage login tokens): ~t:… .'),
  password: Name.meta({ secret: true }).describe('Password of the login token.'),
  eventsKeptDays: upTo(
    3650,
    20,
    'Days for which MeshCentral keeps events (dbexpire.events in its config.json, there in seconds); older sessions are gone.',
  ),
  timeoutSeconds: upTo(
    600,
    60,
    'Wait for an answer; a large server on MariaDB or MySQL may take longer for the report of a day.',
  ),
});

export type MeshcentralConfig = z.infer<typeof MeshcentralConfig>;
