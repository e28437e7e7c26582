#!/usr/bin/env bash
# Keeps the folder articles/ current with nothing but redis-cli: one JSON file per article, and its state beside it.
set -euo pipefail
url=$CLEANWIRE_SUBSCRIBER_URL group=$CLEANWIRE_SUBSCRIBER_GROUP stream=articles.cleaned me=desk-1
mkdir -p articles

keep() { # id is <subject>:<revision>[:withdrawn]; 2 for each revision and 1 for the withdrawal make its state
  local subject=${event[subject]} rest=${event[id]#*:}
  local state=$((2 * ${rest%%:*})) file=articles/$subject
  case ${event[id]} in *:withdrawn) state=$((state + 1)) ;; esac
  if [ -e "$file.state" ] && [ "$state" -le "$(cat "$file.state")" ]; then return; fi # a repeat, or an older state
  printf '%s\n' "${event[data]}" >"$file.new" && mv "$file.new" "$file.json"
  printf '%s\n' "$state" >"$file.new" && mv "$file.new" "$file.state" # before the acknowledgement
  printf '%s %s\n' "${event[type]}" "$subject"
}

start=0 # first what an earlier run left unacknowledged, then what is new
while true; do
  reply=$(redis-cli --raw -u "$url" XREADGROUP GROUP "$group" "$me" COUNT 1 BLOCK 5000 STREAMS "$stream" "$start")
  case $reply in ERR* | NO* | WRONG*) printf '%s\n' "$reply" >&2 && exit 1 ;; esac
  mapfile -t lines <<<"$reply" # the stream, the entry id, then name and value in turn, a line each
  if [ ${#lines[@]} -lt 2 ]; then start='>' && continue; fi
  declare -A event=()
  for ((i = 2; i + 1 < ${#lines[@]}; i += 2)); do event[${lines[i]}]=${lines[i + 1]}; done
  case ${event[type]:-} in cleanwire.article.*) keep ;; esac # a type of the future is skipped
  redis-cli -u "$url" XACK "$stream" "$group" "${lines[1]}" >/dev/null
done
