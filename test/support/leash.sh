#!/bin/sh
# Becomes the time-skipping server, after leaving a watcher that ends it when the process that started it is gone: the
# SDK starts servers without such care, and a test run that is killed would leave one behind.
starter=$PPID
server=$$
(
  while kill -0 "$starter" && kill -0 "$server"; do sleep 1; done
  kill -KILL "$server"
) >/dev/null 2>&1 </dev/null &
exec "$TEST_TIME_SKIPPING_SERVER" "$@"
