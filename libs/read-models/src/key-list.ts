/**
 * The keys in groups for `where … in (…)`, each filled up to a power of two by repeating its last key: the database
 * prepares few different statements, whatever the number of keys.
 */
export function keyLists(keys: ReadonlySet<string>, largest = 256): readonly (readonly string[])[] {
  const all = [...keys];
  const lists: string[][] = [];
  for (let start = 0; start < all.length; start += largest) {
    const list = all.slice(start, start + largest);
    const last = list.at(-1) ?? '';
    const size = 2 ** Math.ceil(Math.log2(list.length));
    while (list.length < size) list.push(last);
    lists.push(list);
  }
  return lists;
}
