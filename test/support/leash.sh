#!/bin/sh
# Becomes the time-skipping server, which the SDK starts with the whole environment and never stops by itself. So this
# drops the cloud's keys, and leaves a watcher that ends the server when the process that started it is gone.
for name in $(env | sed -n 's/^\([Tt][Ee][Nn][Cc][Ee][Nn][Tt][Cc][Ll][Oo][Uu][Dd]_[A-Za-z0-9_]*\)=.*/\1/p'); do
  unset "$name"
done
starter=$PPID
server=$$
(
  while kill -0 "$starter" && kill -0 "$server"; do sleep 1; done
  kill -KILL "$server"
) >/dev/null 2>&1 </dev/null &
exec "$TEST_TIME_SKIPPING_SERVER" "$@"
