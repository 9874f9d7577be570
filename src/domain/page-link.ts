/** Installation-wide memory (connection ''): the unguessable name of a client's published page. */
export function pageNameKey(clientId: string): string {
  return `page:${clientId}`;
}

/** `base`: where the folder of pages is served. */
export function pageAddress(base: string, name: string): string {
  return `${base.replace(/\/+$/, '')}/${name}.html`;
}
