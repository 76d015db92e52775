#!/bin/sh
# @temporalio/interceptors-opentelemetry 1.24.0 in a project that keeps the SDK one minor version older.
# Expected: its peers are a range, as between packages of one major version, and npm installs it.
# Seen: its peers are exactly 1.24.0. In a project that pins 1.23.0 npm ends with ERESOLVE.
. "$(dirname "$0")/lib.sh"

older='@temporalio/client@1.23.0 @temporalio/workflow@1.23.0'
# shellcheck disable=SC2086
with_npm $older
npm view @temporalio/interceptors-opentelemetry@1.24.0 peerDependencies --json | tee peers.json
grep -q '"@temporalio/workflow": "1.24.0"' peers.json || changed 'the peer is one exact version.'
if npm install --no-audit --no-fund --ignore-scripts @temporalio/interceptors-opentelemetry@1.24.0 >npm.log 2>&1; then
  changed 'npm refuses to install it beside 1.23.0.'
fi
grep -m 1 'ERESOLVE' npm.log || changed 'npm says ERESOLVE.'
