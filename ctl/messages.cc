// SPDX-License-Identifier: Apache-2.0

#include "ctl/messages.h"

namespace memmon::ctl {
namespace {

struct Message {
  std::string_view english;
  std::string_view spanish;
};

constexpr Message kMessages[] = {
#define MEMMON_MESSAGE(key, english, spanish) {english, spanish},
#include "ctl/messages.inc"
#undef MEMMON_MESSAGE
};

}  // namespace

Language LanguageOf(const Environment& environment) {
  const std::string locale = environment.Locale("LC_MESSAGES");
  const std::string name = locale.substr(0, locale.find_first_of("_.@"));
  return name == "es" ? Language::kSpanish : Language::kEnglish;
}

std::string_view Messages::Raw(Key key) const {
  const Message& message = kMessages[static_cast<size_t>(key)];
  return language_ == Language::kSpanish ? message.spanish : message.english;
}

}  // namespace memmon::ctl
