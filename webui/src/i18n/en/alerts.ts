// SPDX-License-Identifier: Apache-2.0

export const alerts = {
  "alerts.show": "Alerts",
  "alerts.unseen": { one: "{n} new alert", other: "{n} new alerts" },
  "alerts.fired.held": "{name} ({pid}) holds more than {limit}: up to {bytes}.",
  "alerts.fired.growth": "{name} ({pid}) grew by more than {limit} in a minute: up to {bytes}.",
  "alerts.fired.noMemory": {
    one: "{name} ({pid}) was refused memory {n} time: mmap failed with ENOMEM, for {bytes} at most.",
    other: "{name} ({pid}) was refused memory {n} times: mmap failed with ENOMEM, for up to {bytes}.",
  },
  "alerts.already": "It was so before the alert was set, or the page opened.",
  "alerts.uncertain": "The figure may be late: records about it were lost.",
  "alerts.more": { one: "And {n} more.", other: "And {n} more." },
  "suspects.show": "Growth that does not come back",
  "welcome.title": "What you see here",
  "welcome.first": "memmon shows which process of this host asks the kernel for memory, how much, and when, as it happens.",
  "welcome.second": "Held is what was asked for and not given back, virtual size is the whole address space, and resident is what is in RAM.",
  "welcome.third": "Click a name for all about one process, set alerts at the bell, and press ? for the keys and to read this again.",
  "welcome.close": "Understood",
} as const;
