// An OpenTelemetry collector in this process that takes OTLP over gRPC, without reading what it takes.
import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';

/** One call: its method, and all its bytes. */
export interface GrpcExport {
  readonly method: string;
  readonly body: string;
  readonly header: (name: string) => unknown;
}

/** A message of no fields, which is not compressed. */
const EMPTY_MESSAGE = Buffer.alloc(5);

export class GrpcCollector {
  readonly exports: GrpcExport[] = [];
  private readonly server = createServer();
  private readonly sessions = new Set<ServerHttp2Session>();

  static async start(): Promise<GrpcCollector> {
    const collector = new GrpcCollector();
    collector.server.on('session', (session) => collector.sessions.add(session));
    collector.server.on('stream', (stream: ServerHttp2Stream, headers) => {
      void buffer(stream).then((body) => {
        const method = headers[':path'] ?? '';
        collector.exports.push({ method, body: body.toString('latin1'), header: (name) => headers[name] });
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(EMPTY_MESSAGE);
      });
    });
    await once(collector.server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  get url(): string {
    const { port } = this.server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }

  close(): void {
    this.server.close();
    for (const session of this.sessions) session.destroy();
  }
}
