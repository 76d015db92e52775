import { type Client, WorkflowClient } from '@temporalio/client';
import {
  type ConverterHint,
  type LoadedDataConverter,
  type Payload,
  type SerializationContext,
  ValueError,
} from '@temporalio/common';

const readers = new WeakMap<Client, WorkflowClient>();

/**
 * Lists and describes waits whatever their memo is encoded with. The SDK decodes it before it hands on anything, so one
 * wait of somebody with a codec that this client lacks would hide all others. What cannot be read is undefined.
 */
export function readerOf(client: Client): WorkflowClient {
  const reader = readers.get(client) ?? createReader(client);
  readers.set(client, reader);
  return reader;
}

function createReader({ connection, workflow, options }: Client): WorkflowClient {
  const dataConverter = forgiving(options.loadedDataConverter);
  return new WorkflowClient({ ...workflow.options, connection, dataConverter });
}

/** Reads as this converter does, and undefined where it throws. */
function forgiving(converter: LoadedDataConverter): LoadedDataConverter {
  const { payloadConverter, payloadCodecs } = converter;
  return {
    ...converter,
    payloadConverter: {
      toPayload: payloadConverter.toPayload.bind(payloadConverter),
      fromPayload: <T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>) => {
        try {
          return payloadConverter.fromPayload(payload, context, hint);
        } catch {
          return undefined as T;
        }
      },
    },
    payloadCodecs: payloadCodecs.map((codec) => ({
      encode: codec.encode.bind(codec),
      decode: async (payloads, context) => {
        try {
          return await codec.decode(payloads, context);
        } catch {
          return payloads;
        }
      },
    })),
  };
}

/** Whether something could not be read since its payloads are encoded, such as encrypted, and this client has no codec. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof ValueError && error.message.startsWith('Unknown encoding');
}

/** The first of some payloads, decoded as the client's data converter says. */
export async function decodeFirst(
  { options }: Client,
  payloads: readonly Payload[] | null | undefined,
): Promise<unknown> {
  const { payloadCodecs, payloadConverter } = options.loadedDataConverter;
  let decoded = payloads?.slice(0, 1) ?? [];
  for (const codec of [...payloadCodecs].reverse()) decoded = await codec.decode(decoded);
  const [first] = decoded;
  return first && payloadConverter.fromPayload(first);
}
