// SPDX-License-Identifier: Apache-2.0

#include "pipeline/state_log.h"

#include <utility>

#include "base/log.h"

namespace memmon::pipeline {
namespace {

const char* Name(SourceState state) {
  switch (state) {
    case SourceState::kWaiting:
      return "waiting";
    case SourceState::kLive:
      return "live";
    case SourceState::kEnded:
      return "ended";
    case SourceState::kFailed:
      return "failed";
  }
  return "unknown";
}

const char* Name(store::StoreState state) {
  switch (state) {
    case store::StoreState::kOff:
      return "off";
    case store::StoreState::kConnected:
      return "connected";
    case store::StoreState::kDown:
      return "down";
  }
  return "unknown";
}

bool Changes(std::string now, std::string* before) { return now != std::exchange(*before, now); }

}  // namespace

std::string StateLog::Note(const PumpStatus& pump, const store::StoreStatus& store) {
  using base::LogLevel;
  if (Changes(Name(pump.state) + pump.problem, &source_)) {
    base::Log(pump.problem.empty() ? LogLevel::kInfo : LogLevel::kWarning, "source",
              {{"name", pump.source_name}, {"state", Name(pump.state)}, {"problem", pump.problem}});
  }
  if (Changes(Name(store.state) + store.problem, &database_)) {
    base::Log(store.state == store::StoreState::kDown ? LogLevel::kWarning : LogLevel::kInfo,
              "database", {{"state", Name(store.state)}, {"problem", store.problem}});
  }
  std::string line = std::string("source ") + Name(pump.state) + ", database " + Name(store.state);
  for (const std::string* problem : {&pump.problem, &store.problem}) {
    if (!problem->empty()) line += "; " + *problem;
  }
  return line;
}

}  // namespace memmon::pipeline
