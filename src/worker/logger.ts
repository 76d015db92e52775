import { DefaultLogger, type LogEntry, type Logger, type LogLevel } from '@temporalio/worker';

/** Logs to stderr, as one line of JSON per entry or in the SDK's readable format. */
export function createLogger(level: LogLevel, format: 'json' | 'pretty'): Logger {
  return format === 'pretty' ? new DefaultLogger(level) : new DefaultLogger(level, writeJsonLine);
}

function writeJsonLine({ level, message, timestampNanos, meta }: LogEntry): void {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  process.stderr.write(`${JSON.stringify({ time, level: level.toLowerCase(), message, ...meta }, plainValue)}\n`);
}

/** Replaces what JSON cannot hold. Other fields of an error may contain a whole request, so they are left out. */
function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
