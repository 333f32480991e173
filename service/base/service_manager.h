// SPDX-License-Identifier: Apache-2.0
//
// Tells the service manager how memmond is: ready, alive, stopping, and one line
// that `systemctl status` shows. Without a service manager nothing happens.
//
// Thread safety: one thread.
//
// Source: sd_notify(3), sd_watchdog_enabled(3).

#ifndef MEMMON_BASE_SERVICE_MANAGER_H_
#define MEMMON_BASE_SERVICE_MANAGER_H_

#include <systemd/sd-daemon.h>

#include <string>

namespace memmon::base {

class ServiceManager {
 public:
  void Ready() { sd_notify(0, "READY=1"); }
  void Stopping() { sd_notify(0, "STOPPING=1"); }

  // To be called often (a unit asks for it with WatchdogSec=): whoever does not
  // is killed and started again. So call it only after a look at what could hang.
  void Alive(const std::string& status) {
    if (status != status_) {
      // A new line would begin another message.
      sd_notifyf(0, "STATUS=%s", status.substr(0, status.find('\n')).c_str());
      status_ = status;
    }
    if (watched_) sd_notify(0, "WATCHDOG=1");
  }

 private:
  const bool watched_ = sd_watchdog_enabled(0, nullptr) > 0;
  std::string status_;
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_SERVICE_MANAGER_H_
