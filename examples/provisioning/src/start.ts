// npm start -- resizeInstance resize-CHG-4711 '{"region":"ap-guangzhou","instanceId":"crs-09u2u96z","memSizeMb":8192}'
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

const [workflow = '', workflowId = '', input = ''] = process.argv.slice(2);
const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
try {
  const client = new Client({ connection, ...(namespace !== undefined && { namespace }) });
  const result: unknown = await client.workflow.execute(workflow, {
    taskQueue: 'provisioning',
    workflowId,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [JSON.parse(input)],
  });
  console.log(result);
} finally {
  await connection.close();
}
