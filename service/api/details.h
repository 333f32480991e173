// SPDX-License-Identifier: Apache-2.0
//
// What is private to those whose processes they are, or of use to whoever attacks one:
// addresses, command lines, and what an address space is made of.

#ifndef MEMMON_API_DETAILS_H_
#define MEMMON_API_DETAILS_H_

namespace memmon::api {

// Whether they are in an answer. Where they are not, it says so (details_hidden).
enum class Details : bool { kHidden, kShown };

}  // namespace memmon::api

#endif  // MEMMON_API_DETAILS_H_
