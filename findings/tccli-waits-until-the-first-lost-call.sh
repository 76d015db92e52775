#!/bin/sh
# Tencent's command line tccli 3.1.189.1 waits for a task (`--waiter`), on a server that says "running" twice,
# answers one call with "InternalError … Retry your request", and would then say "succeed".
# Expected: that call is made again, and each answer is shown as it comes.
# Seen: the wait ends at that call, with exit code 255. What the calls before it found is printed only then, after the
# error.
. "$(dirname "$0")/lib.sh"
with_pip tccli==3.1.189.1

cat >server.py <<'PY'
import http.server, itertools, json

ERROR = {"Error": {"Code": "InternalError", "Message": "An internal error has occurred. Retry your request."}}
RUNNING, SUCCEED = {"Status": "running"}, {"Status": "succeed"}
answers = itertools.chain([RUNNING, RUNNING, ERROR], itertools.repeat(SUCCEED))


class Api(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Response": {**next(answers), "RequestId": "1"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


with http.server.HTTPServer(("127.0.0.1", 0), Api) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
PY
venv/bin/python server.py >port &
server_pid=$!
until [ -s port ]; do sleep 0.1; done

code=0
HOME=$work PATH="$work/venv/bin:$PATH" tccli redis DescribeTaskInfo --TaskId 18215 --region ap-guangzhou \
  --secretId id --secretKey key --endpoint "http://127.0.0.1:$(cat port)" \
  --waiter '{"expr":"Status","to":"succeed","timeout":60,"interval":1}' >seen.txt 2>&1 || code=$?
cat seen.txt
echo "exit code $code"
[ "$code" = 255 ] || changed 'a call that fails once ends the wait.'
[ "$(sed '/^$/d' seen.txt | head -n 1 | grep -c InternalError)" = 1 ] || changed 'the error is printed first.'
[ "$(grep -c 'Inquiry result is running' seen.txt)" = 2 ] || changed 'what it found is printed at the end.'
