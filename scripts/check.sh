#!/usr/bin/env bash
# Every check of the project that is not a test. The git hook, CI and `npm run check` all run this file.
# All steps run even when one fails; the exit code is 1 when any did.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

if [ ! -d node_modules/.bin ]; then
  echo 'check: nothing is installed yet: run "npm ci" first' >&2
  exit 1
fi
export PATH="$PWD/node_modules/.bin:$PATH"
node scripts/assert-node.mjs || exit 1

output=$(mktemp)
trap 'rm -f "$output"' EXIT
failed=()

step() { # step NAME COMMAND...: one line with the time it took, and what it printed when it failed
  local name=$1 started=$EPOCHREALTIME verdict=ok
  shift
  "$@" >"$output" 2>&1 </dev/null || verdict=FAILED
  local took=$(((${EPOCHREALTIME/[.,]/} - ${started/[.,]/}) / 10000))
  printf '%-6s  %3d.%02d s  %s\n' "$verdict" $((took / 100)) $((took % 100)) "$name"
  [ "$verdict" = ok ] && return
  failed+=("$name")
  sed 's/^/  | /' "$output"
}

step 'format and lint (biome)' biome ci --colors=off --diagnostic-level=warn --error-on-warnings --max-diagnostics=100 .
step 'types (tsc)' tsc --noEmit
step 'promises (oxlint)' oxlint --type-aware --deny-warnings
step 'layers (dependency-cruiser)' depcruise --config .dependency-cruiser.mjs --output-type err-long src
step 'dead code (knip)' knip --no-progress
[ ! -f scripts/generate-docs.ts ] || step 'generated documents are current' node scripts/generate-docs.ts --check
step 'links in documents' node scripts/check-links.ts

if [ ${#failed[@]} -gt 0 ]; then
  printf 'check: %d failed:' "${#failed[@]}"
  printf ' [%s]' "${failed[@]}"
  printf '\n'
  exit 1
fi
echo 'check: all passed'
