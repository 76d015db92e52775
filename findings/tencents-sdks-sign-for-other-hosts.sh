#!/bin/sh
# Tencent Cloud's SDKs for Node (tencentcloud-sdk-nodejs-common 4.1.220) and Python (tencentcloud-sdk-python-redis
# 3.1.189) with an endpoint of one's own, here a server on this machine that answers every call.
# Expected: both sign what they send: the service of the API, and the Host header with its port.
# Seen: Node's takes the first label of the endpoint for the service ("127") and signs the host without its port, though
# it sends it with the port. So a server that checks signatures refuses it at any endpoint with a port. Python's does as
# expected.
. "$(dirname "$0")/lib.sh"
with_npm tencentcloud-sdk-nodejs-common@4.1.220
with_pip tencentcloud-sdk-python-redis==3.1.189

cat >call.py <<'PY'
import sys
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.redis.v20180412 import models, redis_client

profile = ClientProfile(httpProfile=HttpProfile(endpoint=f"http://{sys.argv[1]}"))
request = models.DescribeTaskInfoRequest()
request.TaskId = 18215
redis_client.RedisClient(Credential("id", "key"), "ap-guangzhou", profile).DescribeTaskInfo(request)
PY
cat >seen.js <<'JS'
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CommonClient } from 'tencentcloud-sdk-nodejs-common';

const hash = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** Tencent's signature TC3 of a request, over content type and host. */
function signature({ headers }, body, host, service) {
  const date = new Date(headers['x-tc-timestamp'] * 1000).toISOString().slice(0, 10);
  const canonical = `POST\n/\n\ncontent-type:${headers['content-type']}\nhost:${host}\n\ncontent-type;host\n${hash(body)}`;
  const scope = `${date}/${service}/tc3_request`;
  const key = [date, service, 'tc3_request'].reduce(hmac, 'TC3key');
  return hmac(key, `TC3-HMAC-SHA256\n${headers['x-tc-timestamp']}\n${scope}\n${hash(canonical)}`).toString('hex');
}

let who;
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  const [, service, signed] = /Credential=id\/[^/]+\/([^/]+)\/.*Signature=(\w+)/.exec(request.headers.authorization);
  const { host } = request.headers;
  const [found = 'another host'] = [host, host.split(':')[0]].filter((each) => signature(request, body, each, service) === signed);
  console.log(`${who} signs for the service ${service}, and the host ${found === host ? 'as sent' : 'without its port'}`);
  response.setHeader('content-type', 'application/json');
  response.end('{"Response":{"RequestId":"1","Status":"succeed"}}');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const endpoint = `127.0.0.1:${server.address().port}`;

who = 'Node';
const credential = { secretId: 'id', secretKey: 'key' };
const profile = { httpProfile: { protocol: 'http://' } };
const client = new CommonClient(endpoint, '2018-04-12', { credential, region: 'ap-guangzhou', profile });
await client.request('DescribeTaskInfo', { TaskId: 18215 });
who = 'Python';
await once(spawn('venv/bin/python', ['call.py', endpoint], { stdio: 'inherit' }), 'exit');
server.close();
server.closeAllConnections();
JS
node seen.js | tee seen.txt
grep -q '^Node signs for the service 127, and the host without its port$' seen.txt || changed "Node's SDK signs another host and service."
grep -q '^Python signs for the service redis, and the host as sent$' seen.txt || changed "Python's SDK signs what it sends."
