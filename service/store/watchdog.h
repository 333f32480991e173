// SPDX-License-Identifier: Apache-2.0
//
// Ends what waits for a server that does not answer. PostgreSQL ends a statement that takes too
// long by itself, but not where it stands still, or its disk does: then nobody would wake who
// reads from it, on a Unix socket never. So the socket is shut.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_WATCHDOG_H_
#define MEMMON_STORE_WATCHDOG_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace memmon::store {

class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  Watchdog();
  ~Watchdog();  // no Watch is left
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // A connection's socket, for as long as this lives.
  class Watch {
   public:
    // What is asked now has `limit`.
    Watch(Watchdog* watchdog, int socket, std::chrono::milliseconds limit);
    ~Watch() { End(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // The server has answered, and so long again for what is asked now.
    void Renew();
    // The socket is left alone from now on. Says whether its time had run out.
    bool End();

   private:
    friend class Watchdog;
    // Its time begins. The watchdog's mutex is held.
    void Begin();

    Watchdog* const watchdog_;
    const std::chrono::milliseconds limit_;
    const int fd_;
    bool ran_out_ = false;   // guarded by the watchdog's mutex
    Clock::time_point due_;  // guarded by the watchdog's mutex
  };

  // Shuts all that is watched, and whatever comes to be.
  void ShutAll();

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Watch*> watches_;   // guarded by mutex_
  bool shut_all_ = false;         // guarded by mutex_
  bool stop_ = false;             // guarded by mutex_
  Clock::time_point looks_at_{};  // when the thread looks next; guarded by mutex_
  std::thread thread_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_WATCHDOG_H_
