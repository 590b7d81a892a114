/** Puts these environment variables back as they are now: for `t.afterEach` and `t.teardown`. */
export function restoring(...names: string[]): () => void {
  const before = names.map((name) => [name, process.env[name]] as const);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
