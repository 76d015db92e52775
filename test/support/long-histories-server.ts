import type { DevServerOptions } from '../../src/engine/index.js';

const ATTRIBUTES = ['RedisTaskStatus=Keyword', 'RedisRegion=Keyword', 'RedisInstanceId=Keyword'];

/** A dev server that suggests to continue as new after twenty events, and has the search attributes of a wait. */
export const LONG_HISTORIES_SERVER: DevServerOptions = {
  extraArgs: [
    ...['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=20'],
    ...ATTRIBUTES.flatMap((each) => ['--search-attribute', each]),
  ],
};
