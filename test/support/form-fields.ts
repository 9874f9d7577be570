/** Fields of a form as nested values: `metadata[key]=1&types[0]=a&types[]=b`. */
export type FormValue = string | { [name: string]: FormValue };

export function formFields(text: string | URLSearchParams): { [name: string]: FormValue } {
  const fields: { [name: string]: FormValue } = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [first = '', ...rest] = name.split('[').map((part) => part.replace(/\]$/, ''));
    let place = fields;
    let key = first;
    for (const step of rest) {
      const inner = place[key];
      const next = typeof inner === 'object' ? inner : {};
      place[key] = next;
      place = next;
      key = step === '' ? String(Object.keys(next).length) : step;
    }
    place[key] = value;
  }
  return fields;
}
