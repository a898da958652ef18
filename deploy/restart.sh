#!/usr/bin/env bash
# Builds ConvScope anew and restarts one replica after the other: each takes no new visitors, goes on for those that it
# has (at most CONVSCOPE_DRAIN seconds, see compose.yaml), and the next one follows when it is back.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

docker compose build replica-1
for replica in $(docker compose config --services | grep '^replica-' | sort); do
	echo "$replica ..."
	docker compose up --detach --no-deps --wait --force-recreate "$replica"
done
