/** A client's name as it is compared: capitals, accents and surrounding blanks do not matter. */
export function foldName(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
