#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# peers.sh DIR MEMMON_KO: what other tracers cost and lose where memmon records,
# all in one boot. Prints "NAME FAIL GETPPID KEPT ISSUED DELIVERED", or "NAME - WHY"
# for one that did not start.
#
# Every tracer is asked for the two functions memmon hooks (or, if it only knows
# system calls, for mmap and munmap), with its buffers as they are shipped, and
# writes to a file what it records.
#
# FAIL, GETPPID: instructions an event on the producer's side alone. There is one
# CPU, so the tracer's own program stands still while a round is measured and reads
# between rounds (workload -p); a round of 500 events is small enough for every
# buffer. KEPT: how many of these rounds' events it delivered: a tracer that loses
# events there would look cheaper than it is.
#
# ISSUED, DELIVERED: a burst as fast as it goes, producer and tracer sharing the CPU
# as the scheduler sees fit. Counted are the events in what was written, of a
# program of its own name and with the result (-EINVAL) that only its calls have.
set -eu
dir=$1 memmon=$2
issued=50000
out=/tmp/out log=/tmp/log
trace=/sys/kernel/tracing
for name in burst hello; do ln -s "$dir/workload" "/tmp/$name"; done

# rounds NAME: the producer's side.
rounds() { echo -n "$1 $("$dir/workload" fail 500 -p -n 20) $("$dir/workload" getppid 500 -p -n 20)"; }

# Waits, by a condition: while the guest waits for its files its clock runs ahead.
until_true() { # COMMAND...
  for ((i = 0; i < 3000; i++)); do
    "$@" && return
    kill -0 "$tracer" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
delivers() { /tmp/hello fail 2 -n 1 >/dev/null; [[ $("delivered_$1" hello) -gt 0 ]]; }
measure() { # NAME
  local name=${1//-/_}
  rm -f "$out"
  : >"$out"
  tracer=$$
  if ! "start_$name" || ! until_true "ready_$name"; then
    echo "$1 - did not start: $(tail -n 1 "$log")"
    stop_"$name"
    return
  fi
  rounds "$1"
  /tmp/burst fail $issued -n 1 >/dev/null
  sleep 5 # five thousand million instructions to catch up with
  stop_"$name"
  echo " $("delivered_$name" workload) $issued $("delivered_$name" burst)"
}

end() { kill "$1" "$tracer" 2>/dev/null || true; wait "$tracer" 2>/dev/null || true; }

start_memmon() { insmod "$memmon" && { cat /dev/memmon >"$out" 2>"$log" & tracer=$!; }; }
ready_memmon() { delivers memmon; }
# Records of 128 bytes: the twelfth word is the result, the fifteenth the name's beginning.
delivered_memmon() {
  local name
  name=$(printf '%-8s' "$1" | tr ' ' '\0' | od -An -tx8)
  od -An -v -w128 -tx8 "$out" | awk -v name="${name// /}" '$12 == "ffffffffffffffea" && $15 == name' | wc -l
}
stop_memmon() { end -TERM; rmmod memmon; }

# For ftrace and trace-cmd: what was asked at the entry, what came of it at the return.
probes_on() {
  cat >"$trace/kprobe_events" <<-'END'
	p:peers/mmap do_mmap addr=$arg2 len=$arg3 prot=$arg4 flags=$arg5
	r:peers/mmap_return do_mmap ret=$retval:x64
	p:peers/munmap __vm_munmap addr=$arg1 len=$arg2
	r:peers/munmap_return __vm_munmap ret=$retval:x64
	END
}
probes_off() { echo 0 >"$trace/events/peers/enable"; echo >"$trace/kprobe_events"; }

start_ftrace() {
  probes_on 2>"$log" || return
  cat "$trace/trace_pipe" >"$out" 2>"$log" &
  tracer=$!
  echo 1 >"$trace/events/peers/enable"
}
ready_ftrace() { delivers ftrace; }
delivered_ftrace() { grep -cE "^ *$1-.*ret=0xf*ea$" "$out" || true; }
stop_ftrace() { probes_off; end -TERM; }

start_trace_cmd() {
  probes_on 2>"$log" || return
  trace-cmd record -e peers -o /tmp/trace.dat >"$log" 2>&1 &
  tracer=$!
}
ready_trace_cmd() { grep -q 1 "$trace/events/peers/enable"; }
delivered_trace_cmd() { delivered_ftrace "$1"; }
stop_trace_cmd() {
  end -INT
  probes_off
  trace-cmd report -i /tmp/trace.dat >"$out" 2>"$log" || true
}

start_perf_trace() {
  perf trace -a -e mmap,munmap -o "$out" >"$log" 2>&1 &
  tracer=$!
}
ready_perf_trace() { delivers perf_trace; }
delivered_perf_trace() { grep -cE " $1/.*-1 EINVAL" "$out" || true; }
stop_perf_trace() { end -INT; }

# Results only: what was asked would take a second probe, and a map between the two.
start_bpftrace() {
  bpftrace -o "$out" -e '
    kretprobe:do_mmap { printf("%s %d mmap %ld\n", comm, pid, retval); }
    kretprobe:__vm_munmap { printf("%s %d munmap %d\n", comm, pid, (int32)retval); }' >"$log" 2>&1 &
  tracer=$!
}
ready_bpftrace() { delivers bpftrace; }
delivered_bpftrace() { grep -cE "^$1 .* -22$" "$out" || true; }
stop_bpftrace() { end -INT; }

echo "$(rounds nothing) 0 0 0"
insmod "$dir/module/empty_probes.ko" kind=1
echo "$(rounds empty-kretprobe) 0 0 0"
rmmod empty_probes
for peer in memmon ftrace trace-cmd perf-trace bpftrace; do measure "$peer"; done
