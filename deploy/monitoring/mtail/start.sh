#!/bin/sh
# Runs cleanwire.mtail over the engine's files. The json-file driver wraps each line of ours in JSON of its own, so that every
# quotation mark is \" there: so it must be in the patterns, which are the lines that stand between slashes.
set -eu
programs=/tmp/programs
mkdir -p "$programs"
sed '/^ *\/.*\/ {$/ s/"/\\\\"/g' /etc/cleanwire/cleanwire.mtail >"$programs/cleanwire.mtail"
exec mtail --progs "$programs" --logs '/logs/*/*-json.log' --address 0.0.0.0 --port 3903 --logtostderr
