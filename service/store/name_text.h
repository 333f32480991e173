// SPDX-License-Identifier: Apache-2.0
//
// A process name is any bytes a program likes; PostgreSQL text must be valid
// UTF-8. Valid names are stored as they are, but for two things: a backslash
// is doubled, and a byte that is not UTF-8 becomes \xHH. So one strange name
// cannot make a batch unstorable, and every name can be had back exactly.

#ifndef MEMMON_STORE_NAME_TEXT_H_
#define MEMMON_STORE_NAME_TEXT_H_

#include <string>
#include <string_view>

namespace memmon::store {

// Longest text of a 16-byte name.
inline constexpr size_t kMaxNameTextBytes = 4 * 16;

void AppendNameText(std::string_view name, std::string* out);

// The name that `text` stands for. What AppendNameText never writes stands for
// itself.
std::string NameFromText(std::string_view text);

// The LIKE pattern that selects the texts of the names a glob selects. Here ?
// stands for one character, which for names that are not ASCII may be more
// than the one byte it is elsewhere.
std::string LikePatternFromGlob(std::string_view glob);

}  // namespace memmon::store

#endif  // MEMMON_STORE_NAME_TEXT_H_
