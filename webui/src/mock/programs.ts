// SPDX-License-Identifier: Apache-2.0
//
// The programs of the made-up host, their users and containers.

const KiB = 1024;
const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

/** name, command line, virtual size to begin with, weight in the traffic, user. */
export const programs: readonly (readonly [string, string, number, number, number?])[] = [
  ["firefox-esr", "/usr/lib/firefox-esr/firefox-esr", 3.4 * GiB, 22],
  ["Isolated Web Co", "/usr/lib/firefox-esr/firefox-esr -contentproc", 2.6 * GiB, 16],
  ["gnome-shell", "/usr/bin/gnome-shell", 3.9 * GiB, 7],
  ["postgres", "postgres: 15/main: checkpointer", 222 * MiB, 9, 114],
  ["java", "/usr/bin/java -jar /srv/indexer.jar", 7.8 * GiB, 14, 10_001],
  ["clang", "clang -O2 -c kernel/fork.c", 480 * MiB, 18],
  ["rust-analyzer", "rust-analyzer", 1.9 * GiB, 8],
  ["node", "node /srv/app/server.js", 1.1 * GiB, 9],
  ["python3", "python3 train.py --epochs 20", 2.2 * GiB, 10, 1001],
  ["bash", "-bash", 9 * MiB, 2],
  ["systemd-journal", "/lib/systemd/systemd-journald", 66 * MiB, 2, 0],
  ["nginx", "nginx: worker process", 58 * MiB, 3, 33],
  ["redis-server", "/usr/bin/redis-server 127.0.0.1:6379", 74 * MiB, 4, 118],
  ["dockerd", "/usr/bin/dockerd -H fd://", 1.8 * GiB, 4, 0],
  ["sshd", "sshd: ana [priv]", 17 * MiB, 1, 0],
  ["cron", "/usr/sbin/cron -f", 8 * MiB, 1, 0],
  ["make", "make -j2", 12 * MiB, 3],
  ["ld.lld", "ld.lld -o vmlinux", 890 * MiB, 5],
];

/** 10001 is a container's own user: the host knows no name for it. */
export const users: ReadonlyMap<number, string> = new Map([
  [0, "root"],
  [33, "www-data"],
  [114, "postgres"],
  [118, "redis"],
  [1000, "ana"],
  [1001, "luis"],
]);

/** Those that are in one. */
export const containers: ReadonlyMap<string, string> = new Map([
  ["java", "docker-8b1d04c7a3e2.scope"],
  ["node", "docker-3f2a91c07e55.scope"],
  ["redis-server", "docker-3f2a91c07e55.scope"],
  ["postgres", "postgresql@15-main.service"],
  ["nginx", "nginx.service"],
  ["systemd-journal", "systemd-journald.service"],
  ["dockerd", "docker.service"],
  ["sshd", "ssh.service"],
  ["cron", "cron.service"],
]);

/** How much of what a program has is in RAM, as a part of it: what it touches. */
export const residentPart = 0.28;
