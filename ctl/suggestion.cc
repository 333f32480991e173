// SPDX-License-Identifier: Apache-2.0

#include "ctl/suggestion.h"

#include <algorithm>
#include <cstddef>

namespace memmon::ctl {
namespace {

// The edit distance with transpositions of neighbours (optimal string alignment).
size_t Mistakes(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> distance(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        distance[i][j] = i + j;
        continue;
      }
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1,
                                 distance[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
      }
    }
  }
  return distance[a.size()][b.size()];
}

}  // namespace

std::string Suggestion(std::string_view typed, const std::vector<std::string>& known) {
  const std::string_view letters =
      typed.substr(std::min(typed.find_first_not_of('-'), typed.size()));
  // No command line has a word of that length, and the distance is quadratic.
  if (letters.empty() || letters.size() > 40) return "";
  std::string nearest;
  size_t fewest = std::max<size_t>(1, letters.size() / 3) + 1;
  for (const std::string& word : known) {
    if (const size_t mistakes = Mistakes(typed, word); mistakes < fewest) {
      fewest = mistakes;
      nearest = word;
    }
  }
  if (!nearest.empty()) return nearest;
  const auto begins = [typed](const std::string& word) {
    return std::string_view(word).substr(0, typed.size()) == typed;
  };
  if (std::count_if(known.begin(), known.end(), begins) != 1) return "";
  return *std::find_if(known.begin(), known.end(), begins);
}

}  // namespace memmon::ctl
