#!/bin/bash
# Does mtail answer? By the shell alone.
exec 2>/dev/null
exec 3<>/dev/tcp/127.0.0.1/3903 || exit 1
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
