// SPDX-License-Identifier: Apache-2.0
//
// Prints events and gaps, as lines for people (under titles, where they are read on a
// terminal) or as JSON, and counts what is missing among them. Not thread-safe.

#ifndef MEMMON_CTL_EVENT_PRINTER_H_
#define MEMMON_CTL_EVENT_PRINTER_H_

#include <cstdint>

#include "ctl/command.h"
#include "ctl/event_text.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

class EventPrinter {
 public:
  EventPrinter(const Context& context, bool json, EventLineOptions options)
      : context_(context), json_(json), options_(options) {}

  void Print(const v1::Event& event);
  // A line among the events, and a word on the error stream.
  void Print(const v1::Gap& gap);
  // False where what was printed cannot be written.
  bool Flush();

  uint64_t printed() const { return printed_; }
  // Something is not among the events: gaps, or records that were lost.
  bool missing() const { return missing_; }

 private:
  // Before the first line.
  void PrintTitles();

  const Context& context_;
  const bool json_;
  const EventLineOptions options_;
  bool titled_ = false;
  uint64_t printed_ = 0;
  bool missing_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EVENT_PRINTER_H_
