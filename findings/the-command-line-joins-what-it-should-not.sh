#!/bin/sh
# Temporal CLI 1.9.1 (Server 1.32.0): `temporal workflow start --id-conflict-policy Fail` while the id is in use.
# Expected: it fails, as the flag says and as SDKs do.
# Seen: it exits with 0 and prints the id of the workflow that runs, beside the type and the queue that were asked for.
# Only --fail-existing makes it fail.
. "$(dirname "$0")/lib.sh"
with_server

start() {
  ./temporal workflow start --workflow-id the-order --task-queue findings "$@" 2>&1
}
start --type shipOrder >/dev/null
start --type refundOrder --id-conflict-policy Fail >joined.txt || changed 'a start with --id-conflict-policy Fail exits with 0.'
cat joined.txt
grep -q 'refundOrder' joined.txt || changed 'it prints the type that was asked for.'
./temporal workflow describe --workflow-id the-order | tee described.txt | grep Type
grep -q 'Type *shipOrder' described.txt || changed 'what runs is the first workflow.'
if start --type refundOrder --fail-existing; then changed '--fail-existing makes it fail.'; fi
