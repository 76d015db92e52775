/** The names of the variables that hold keys of Tencent Cloud, or say where they are. */
export function keyNames(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter((name) => name.toUpperCase().startsWith('TENCENTCLOUD_'));
}

/** An environment for a program of somebody else: it has no use for the keys of the cloud. */
export function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const keys = keyNames(env);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keys.includes(name)));
}
