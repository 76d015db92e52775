import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ApiRequest, ApiResponse, ApiService } from './api.js';
import { TencentApiError } from './errors.js';
import { textField } from './json.js';

/**
 * Makes one HTTP request in a span of the process's tracer, which does nothing where no OpenTelemetry SDK runs. Of the
 * request it shows the action and the region, never a header or a key.
 */
export async function traceCall(
  { endpoint, name }: ApiService,
  { action, region }: Pick<ApiRequest, 'action' | 'region'>,
  send: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const attributes = {
    'http.request.method': 'POST',
    'server.address': endpoint.hostname,
    'rpc.service': name,
    'rpc.method': action,
    'cloud.region': region,
  };
  const options = { kind: SpanKind.CLIENT, attributes };
  return trace.getTracer('temporal-tencent-redis').startActiveSpan(`POST ${name}/${action}`, options, async (span) => {
    const requestId = (id: string | null) => id !== null && span.setAttribute('tencentcloud.request_id', id);
    try {
      const response = await send();
      requestId(textField(response, 'RequestId'));
      return response;
    } catch (error) {
      const code = error instanceof TencentApiError ? error.code : 'Aborted';
      if (error instanceof TencentApiError) requestId(error.requestId);
      span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message: code });
      throw error;
    } finally {
      span.end();
    }
  });
}
