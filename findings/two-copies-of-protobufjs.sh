#!/bin/sh
# @temporalio/common 1.24.0 in a project that has another major version of protobufjs, 7.5.4, at the top.
# Expected: npm gives the SDK its own protobufjs, and it works as without.
# Seen: npm gives each of the SDK's packages its own copy of 8. A copy does not know the types that the other one's
# messages are made of: historyToJSON throws "type must be a Type". With one copy at the top it works.
. "$(dirname "$0")/lib.sh"

cat >seen.cjs <<'JS'
const { historyToJSON } = require('@temporalio/common/lib/proto-utils');
try {
  const started = { eventId: 1, eventType: 1, workflowExecutionStartedEventAttributes: {} };
  console.log(historyToJSON({ events: [started] }).replaceAll(/\s+/g, ''));
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
}
JS
for version in 8.8.1 7.5.4; do
  rm -rf node_modules package-lock.json
  with_npm @temporalio/common@1.24.0 @temporalio/proto@1.24.0 "protobufjs@$version"
  copies=$(find node_modules -type d -path '*node_modules/protobufjs' | wc -l)
  echo "protobufjs $version at the top, $((copies)) in all: $(node seen.cjs)" | tee -a seen.txt
done
grep -q '^protobufjs 8.8.1 at the top, 1 in all: {"events":' seen.txt || changed 'it works with one copy.'
grep -q '^protobufjs 7.5.4 at the top, 3 in all: TypeError: type must be a Type' seen.txt || changed 'it throws with several.'
