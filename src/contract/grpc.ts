/** Status codes of gRPC that say something to this package. */
export const GRPC = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  failedPrecondition: 9,
  unavailable: 14,
} as const;

interface GrpcError {
  readonly code?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** The status code of a gRPC error, or of one that the SDK has wrapped; undefined for any other error. */
export function grpcCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, details, cause } = error as GrpcError;
  return typeof code === 'number' && typeof details === 'string' ? code : grpcCode(cause);
}
