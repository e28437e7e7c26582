#!/bin/sh
# Starts a sentinel. It rewrites its own configuration, so that lies on a volume and is written only once. Addresses, not
# names: the engine forgets the name of a container that is gone, and sentinels would never agree that it is.
set -eu
conf=/data/sentinel.conf
if [ ! -s "$conf" ]; then
  cat >"$conf" <<TEXT
port 26379
dir /data
protected-mode no
sentinel announce-ip $CLEANWIRE_ANNOUNCE
sentinel monitor cleanwire $CLEANWIRE_FIRST_MASTER 6379 2
sentinel auth-user cleanwire sentinel
sentinel auth-pass cleanwire $(cat /run/secrets/redis_sentinel_password)
sentinel down-after-milliseconds cleanwire 5000
sentinel failover-timeout cleanwire 30000
sentinel parallel-syncs cleanwire 1
TEXT
fi
exec redis-server "$conf" --sentinel
