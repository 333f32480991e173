// SPDX-License-Identifier: Apache-2.0
//
// What memmonctl says, in English and in Spanish. All of it stands in one table,
// messages.inc, where no sentence can be in one language only.
//
// Thread safety: immutable.

#ifndef MEMMON_CTL_MESSAGES_H_
#define MEMMON_CTL_MESSAGES_H_

#include <string>
#include <string_view>

#include "absl/strings/substitute.h"
#include "ctl/absl_view.h"
#include "ctl/environment.h"

namespace memmon::ctl {

enum class Language { kEnglish, kSpanish };

// As LC_ALL, LC_MESSAGES and LANG have it; English for all but Spanish.
Language LanguageOf(const Environment& environment);

enum class Key {
#define MEMMON_MESSAGE(key, english, spanish) key,
#include "ctl/messages.inc"
#undef MEMMON_MESSAGE
};

class Messages {
 public:
  explicit Messages(Language language) : language_(language) {}

  Language language() const { return language_; }
  // As it stands in the table, with $0 and so on.
  std::string_view Raw(Key key) const;

  template <typename... Arguments>
  std::string operator()(Key key, const Arguments&... arguments) const {
    return absl::Substitute(AbslView(Raw(key)), arguments...);
  }

 private:
  Language language_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_MESSAGES_H_
