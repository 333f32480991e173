// SPDX-License-Identifier: Apache-2.0

#include "ctl/messages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace memmon::ctl {
namespace {

struct Entry {
  const char* key;
  std::string english;
  std::string spanish;
};

const std::vector<Entry>& Table() {
  static const std::vector<Entry> table = {
#define MEMMON_MESSAGE(key, english, spanish) {#key, english, spanish},
#include "ctl/messages.inc"
#undef MEMMON_MESSAGE
  };
  return table;
}

// "$0", "$1": what a text is told.
std::set<char> Told(const std::string& text) {
  std::set<char> told;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '$') told.insert(text[i + 1]);
  }
  return told;
}

TEST(Messages, AreThereInBothLanguages) {
  ASSERT_GT(Table().size(), 150u);
  for (const Entry& entry : Table()) {
    EXPECT_FALSE(entry.english.empty()) << entry.key;
    EXPECT_FALSE(entry.spanish.empty()) << entry.key;
  }
}

TEST(Messages, AreToldTheSameInBothLanguages) {
  for (const Entry& entry : Table()) {
    EXPECT_EQ(Told(entry.english), Told(entry.spanish)) << entry.key;
    for (const char c : Told(entry.english)) {
      EXPECT_TRUE(c >= '0' && c <= '9') << entry.key << " has $" << c;
    }
  }
}

// What is longer than a word and the same in both was forgotten.
TEST(Messages, AreTranslated) {
  for (const Entry& entry : Table()) {
    if (std::count(entry.english.begin(), entry.english.end(), ' ') < 2 ||
        Told(entry.english).size() > 1) {
      continue;
    }
    EXPECT_NE(entry.english, entry.spanish) << entry.key;
  }
}

TEST(Messages, SpeakTheLanguageOfTheLocale) {
  const auto language = [](std::map<std::string, std::string, std::less<>> variables) {
    return LanguageOf(Environment(std::move(variables)));
  };
  EXPECT_EQ(language({}), Language::kEnglish);
  EXPECT_EQ(language({{"LANG", "es_ES.UTF-8"}}), Language::kSpanish);
  EXPECT_EQ(language({{"LANG", "es"}}), Language::kSpanish);
  EXPECT_EQ(language({{"LANG", "est_EE.UTF-8"}}), Language::kEnglish);
  EXPECT_EQ(language({{"LANG", "es_ES.UTF-8"}, {"LC_MESSAGES", "C"}}), Language::kEnglish);
  EXPECT_EQ(language({{"LC_MESSAGES", "C"}, {"LC_ALL", "es_MX.UTF-8"}}), Language::kSpanish);
}

TEST(Messages, PutInWhatTheyAreTold) {
  EXPECT_EQ(Messages(Language::kEnglish)(Key::kTopShown, "7"), "7 processes");
  EXPECT_EQ(Messages(Language::kSpanish)(Key::kTopShown, "7"), "7 procesos");
}

}  // namespace
}  // namespace memmon::ctl
