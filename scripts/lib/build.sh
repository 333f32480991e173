# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# How each part is built. A build that fails leaves no product of an older one
# behind: nothing stale can be run or tested by mistake. Two at once take turns.

# build_log WHAT: where the output of building WHAT goes.
build_log() { echo "$MEMMON_VAR/log/build-${1//[^a-z0-9.]/-}.log"; }

# quietly WHAT COMMAND...: shows the output only if it fails, or on request.
quietly() {
  local what=$1 log
  shift
  log=$(build_log "$what")
  mkdir -p "$MEMMON_VAR/log"
  say "building $what"
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "$what does not build (all of it: ${log#"$MEMMON_ROOT/"})"
  fi
}

# newer_than FILE PATH...: one of the paths has something newer than FILE.
newer_than() {
  local file=$1
  shift
  [[ ! -e $file || -n $(find "$@" -newer "$file" -print -quit) ]]
}

# build_module V RELEASE DIR [MAKE ARGUMENT...]: kbuild writes beside the sources,
# so it gets a copy of them in DIR and kmod/ stays as it is.
build_module() {
  local v=$1 release=$2 dir=$3 headers file
  shift 3
  [[ $release ]] || die "no headers for kernel $v: type scripts/setup --kernel $v"
  headers=$(module_build_dir "$release")
  [[ -d $headers ]] || die "no headers for kernel $release: type scripts/setup --kernel $v"
  mkdir -p "$dir"
  exec {lock}>"$dir/.lock"
  flock "$lock"
  if [[ $# -gt 0 || ! -f $dir/release || $(<"$dir/release") != "$release" ]] ||
    newer_than "$dir/memmon.ko" "$MEMMON_ROOT/kmod" "$headers/Module.symvers"; then
    [[ -f $dir/release && $(<"$dir/release") == "$release" ]] || find "$dir" -mindepth 1 ! -name .lock -delete
    rm -f "$dir/memmon.ko"
    (cd "$MEMMON_ROOT/kmod" && find . -name '*.mod.c' -o \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) -print) |
      sort >"$dir/sources.new"
    # A source that has gone must go here too, with what was made of it.
    [[ ! -f $dir/sources ]] || comm -23 "$dir/sources" "$dir/sources.new" |
      while read -r file; do rm -f "$dir/$file" "$dir/${file%.*}.o"; done
    mv "$dir/sources.new" "$dir/sources"
    (cd "$MEMMON_ROOT/kmod" && xargs -a "$dir/sources" cp -p --update --parents -t "$dir")
    quietly "memmon.ko for $release" make -C "$headers" M="$dir" -j "$(jobs_wanted)" "$@" modules
    echo "$release" >"$dir/release"
    touch "$dir/memmon.ko"
  fi
  exec {lock}>&-
}

# module_build_dir RELEASE: where kbuild finds that kernel.
module_build_dir() {
  local v
  for v in "${MEMMON_DEBUG_KERNELS[@]}"; do
    [[ $1 != *-"${v#*-}" ]] || { echo "$(kernel_dir "$v")/build"; return; }
  done
  if [[ -d $(kernel_headers_dir "$1") ]]; then kernel_headers_dir "$1"; else echo "/lib/modules/$1/build"; fi
}

# build_cmake PRESET TARGET
build_cmake() {
  local preset=$1 target=$2 dir=$MEMMON_BUILD/$1
  mkdir -p "$dir"
  exec {lock}>"$dir/.lock"
  flock "$lock"
  # A configuration that was cut off has a cache and no build files.
  [[ -f $dir/CMakeCache.txt && -f $dir/build.ninja ]] ||
    quietly "configuration $preset" cmake --fresh -S "$MEMMON_ROOT" --preset "$preset"
  quietly "$target ($preset)" cmake --build "$dir" -j "$(jobs_wanted)" --target "$target"
  exec {lock}>&-
}

build_page() {
  local webui=$MEMMON_ROOT/webui stamp=$MEMMON_ROOT/webui/dist/.built file
  exec {lock}>"$webui/.lock"
  flock "$lock"
  local inputs=()
  for file in "$webui"/{src,public,index.html,package-lock.json,vite.config.ts,tsconfig.json,buf.gen.yaml} "$MEMMON_ROOT/proto"; do
    [[ ! -e $file ]] || inputs+=("$file")
  done
  if newer_than "$stamp" "${inputs[@]}"; then
    quietly "the page" npm --prefix "$webui" run build
    touch "$stamp"
  fi
  exec {lock}>&-
}
