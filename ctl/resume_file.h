// SPDX-License-Identifier: Apache-2.0
//
// A file that keeps where a stream of events stands, so that the next run goes on
// there. Written at most five times a second and at the end: a run that was killed
// repeats the last fifth of a second, and leaves nothing out.
//
// Not thread-safe.

#ifndef MEMMON_CTL_RESUME_FILE_H_
#define MEMMON_CTL_RESUME_FILE_H_

#include <chrono>
#include <optional>
#include <string>

namespace memmon::ctl {

class ResumeFile {
 public:
  explicit ResumeFile(std::string path) : path_(std::move(path)) {}

  // What stands there: empty where there is no file yet, nothing where it cannot be
  // read (errno says why).
  std::optional<std::string> Load() const;

  // What the reader has got is safe up to `token`. False where it cannot be
  // written (errno says why).
  bool Keep(const std::string& token);
  // Writes what Keep has held back.
  bool Flush();

 private:
  const std::string path_;
  std::string token_;
  bool dirty_ = false;
  std::chrono::steady_clock::time_point written_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_RESUME_FILE_H_
