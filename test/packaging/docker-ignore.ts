/** Whether a file goes to the build, by `.dockerignore`: of the patterns that fit it or a folder above it, the last decides. */
export function dockerIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      takes: line.startsWith('!'),
      pattern: expressionOf(line.replace(/^!/, '').replace(/^\/|\/$/g, '')),
    }));
  return (path) => {
    const parts = path.split('/');
    const ways = parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
    const last = rules.findLast(({ pattern }) => ways.some((way) => pattern.test(way)));
    return last?.takes ?? true;
  };
}

/** `*` is within one name, `**` any number of folders, `?` one character. */
function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|[*?]|[\\^$.|+()[\]{}]/g, (found) => {
    switch (found) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        return `\\${found}`;
    }
  });
  return new RegExp(`^${source}$`);
}
