// SPDX-License-Identifier: Apache-2.0

#include "ctl/event_printer.h"

#include "ctl/json.h"

namespace memmon::ctl {

void EventPrinter::PrintTitles() {
  if (titled_ || json_ || !context_.terminal) return;
  context_.out << EventTitles(options_, context_.messages) << '\n';
  titled_ = true;
}

void EventPrinter::Print(const v1::Event& event) {
  PrintTitles();
  if (json_) {
    context_.out << ToJson(event) << '\n';
  } else {
    context_.out << EventLine(event, options_, context_.messages) << '\n';
  }
  ++printed_;
  if (event.kind() == v1::EVENT_KIND_LOST) missing_ = true;
}

void EventPrinter::Print(const v1::Gap& gap) {
  PrintTitles();
  const std::string line = GapLine(gap, context_.messages);
  if (json_) {
    context_.out << R"({"gap":)" << ToJson(gap) << "}\n";
  } else {
    context_.out << "-- " << line << '\n';
  }
  context_.err << "memmonctl: " << line << std::endl;
  missing_ = true;
}

bool EventPrinter::Flush() {
  context_.out.flush();
  return context_.out.good();
}

}  // namespace memmon::ctl
