#!/bin/sh
# Starts Redis with our users: the services' own lines come anew from users.acl at every start, the subscribers' lines
# are the server's (ACL SAVE writes them) and stay.
set -eu
users=/data/users.acl
[ -e "$users" ] || : >"$users"
ours='default|health|ingest|normalize|store|operator|scaler|sentinel|replica'
{
  grep -v '^#' "${CLEANWIRE_USERS:-/run/secrets/redis_users.acl}"
  grep -vE "^user ($ours) " "$users" || :
} >"$users.new"
mv "$users.new" "$users"

set -- redis-server "${CLEANWIRE_REDIS_CONF:-/etc/cleanwire/redis.conf}" --maxmemory "${CLEANWIRE_REDIS_MAXMEMORY:-1gb}"
if [ -z "${CLEANWIRE_SENTINELS:-}" ]; then
  exec "$@"
fi

# Behind sentinels: whoever they say is the master is; before there are any, the name in CLEANWIRE_FIRST_MASTER.
master=$CLEANWIRE_FIRST_MASTER
for sentinel in $CLEANWIRE_SENTINELS; do
  said=$(timeout 2 redis-cli -h "$sentinel" -p 26379 sentinel get-master-addr-by-name cleanwire 2>/dev/null | head -n 1) || continue
  if [ -n "$said" ]; then
    master=$said
    break
  fi
done
set -- "$@" --replica-announce-ip "$CLEANWIRE_ANNOUNCE" --masteruser replica --masterauth "$(cat /run/secrets/redis_replica_password)"
[ "$master" = "$CLEANWIRE_ANNOUNCE" ] || set -- "$@" --replicaof "$master" 6379
exec "$@"
