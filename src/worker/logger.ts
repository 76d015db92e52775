import { DefaultLogger, type Logger, type LogEntry, type LogLevel } from '@temporalio/worker';

/** The worker's log on stderr: JSON, a line an entry, or the SDK's own format for a person. */
export function createLogger(level: LogLevel, format: 'json' | 'pretty'): Logger {
  return format === 'pretty' ? new DefaultLogger(level) : new DefaultLogger(level, writeJsonLine);
}

function writeJsonLine({ level, message, timestampNanos, meta }: LogEntry): void {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  process.stderr.write(`${JSON.stringify({ time, level: level.toLowerCase(), message, ...meta }, plainValue)}\n`);
}

/** What JSON cannot hold by itself. Of an error only what is text: its other fields may carry a whole request. */
function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
