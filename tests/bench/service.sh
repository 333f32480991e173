#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/service.sh: rows a second into PostgreSQL against a bare libpq COPY
# and against INSERTs; events a second to one subscriber against a bare gRPC stream.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
. "$MEMMON_ROOT/scripts/lib/build.sh"
build_cmake release memmon_store_bench
build_cmake release memmon_stream_bench
"$MEMMON_BUILD/release/tests/bench/memmon_store_bench"
"$MEMMON_BUILD/release/tests/bench/memmon_stream_bench"
