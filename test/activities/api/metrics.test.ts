import { type MetricMeter, type MetricTags, noopMetricMeter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ApiMetrics } from '../../../src/activities/api/metrics.js';
import { TencentApiError } from '../../../src/tencent/errors.js';

/** The labels of each value that is added to a counter. */
async function labelsOf(work: (metrics: ApiMetrics) => void): Promise<MetricTags[]> {
  const added: MetricTags[] = [];
  const counter = {
    ...noopMetricMeter.createCounter(''),
    add: (_value: number, labels: MetricTags = {}) => void added.push(labels),
  };
  const metricMeter: MetricMeter = Object.assign(Object.create(noopMetricMeter) as typeof noopMetricMeter, {
    createCounter: () => counter,
  });
  const environment = new MockActivityEnvironment({ taskQueue: 'orders-api' }, { metricMeter });
  await environment.run(() => {
    work(new ApiMetrics());
    return Promise.resolve();
  });
  return added;
}

const failed = (code: string) => new TencentApiError(code, 'No.', 'transient');

describe('the errors of the API', () => {
  test('are counted by class and code, on the queue of the waits', async () => {
    const [labels] = await labelsOf((metrics) => metrics.failed(failed('InternalError.DbError')));

    expect(labels).toMatchObject({ class: 'transient', code: 'InternalError.DbError', taskQueue: 'orders' });
    expect(labels?.['activityType']).toBeUndefined();
  });

  test('have no more than a hundred codes of their own', async () => {
    const labels = await labelsOf((metrics) => {
      for (let code = 1; code <= 150; code += 1) metrics.failed(failed(`New.Code${code}`));
      metrics.failed(failed('New.Code1'));
    });

    expect(new Set(labels.map(({ code }) => code)).size).toBe(101);
    expect(labels[149]).toMatchObject({ code: 'other' });
    expect(labels.at(-1)).toMatchObject({ code: 'New.Code1' });
  });

  test.each(['<html>', 'two words', `Long${'er'.repeat(50)}`, '***'])('are "other" with the code %s', async (code) => {
    expect(await labelsOf((metrics) => metrics.failed(failed(code)))).toMatchObject([{ code: 'other' }]);
  });
});
