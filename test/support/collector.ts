// An OpenTelemetry collector in this process: takes OTLP over HTTP and keeps the spans.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';

/** The part of OTLP that is looked at. */
const OTLP = protobuf
  .parse(
    `
  syntax = "proto3";
  message Export { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    repeated KeyValue attributes = 9; Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`,
  )
  .root.lookupType('Export');

/** The library compares what it is asked for with types of its own: tests load it outside of their files. */
const ITS = protobuf.util.global as Pick<typeof globalThis, 'Number' | 'String'>;

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly KeyValue[];
}

/** A span as a collector sees it. */
export interface CollectedSpan extends Omit<ExportedSpan, 'attributes'> {
  readonly service: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** All bytes that came, to look for what must not be among them. */
  received = '';
  private readonly server = createServer((request, response) => {
    void buffer(request).then((body) => {
      this.received += body.toString('latin1');
      // Metrics come to a path of their own.
      if (request.url === '/v1/traces') this.take(body);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await once(collector.server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  get url(): string {
    const { port } = this.server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }

  named(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** The names from a span up to the root of its trace. */
  pathOf(span: CollectedSpan | undefined): string[] {
    if (!span) return [];
    return [span.name, ...this.pathOf(this.spans.find(({ spanId }) => spanId === span.parentSpanId))];
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(body: Buffer): void {
    // Ids as base64: they are only compared.
    const exported = OTLP.toObject(OTLP.decode(body), { longs: ITS.Number, bytes: ITS.String, arrays: true });
    for (const { resource, scopeSpans } of (exported as Exported).resourceSpans) {
      const { 'service.name': service } = plain(resource.attributes);
      for (const { spans } of scopeSpans)
        this.spans.push(...spans.map((span) => ({ ...span, service, attributes: plain(span.attributes) })));
    }
  }
}

function plain(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
