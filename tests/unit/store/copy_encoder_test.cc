// SPDX-License-Identifier: Apache-2.0
//
// The bytes that PostgreSQL's documentation of COPY's binary format asks for;
// that a server understands them is the integration test's to show.

#include "store/copy_encoder.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

TEST(CopyEncoder, HeaderAndTrailer) {
  CopyEncoder encoder;
  encoder.AppendHeader();
  encoder.AppendTrailer();
  EXPECT_EQ(encoder.data(), std::string_view("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\xff\xff", 21));
  encoder.Clear();
  EXPECT_TRUE(encoder.data().empty());
}

TEST(CopyEncoder, ARowBeginsWithItsColumnsAndItsTime) {
  CopyEncoder encoder;
  model::Event event;
  event.comm = {'s', 'h'};
  // 1 µs and 7 ns after PostgreSQL's epoch.
  encoder.AppendRow({1, 2, 3}, event, 946'684'800'000'001'007);
  const auto row = encoder.data();
  EXPECT_EQ(row.substr(0, 14), std::string_view("\0\x19\0\0\0\x8\0\0\0\0\0\0\0\x1", 14));
  EXPECT_EQ(row.substr(row.size() - 6), std::string_view("\0\0\0\x2sh", 6));
}

TEST(CopyEncoder, LostCountIsNullButForLost) {
  CopyEncoder encoder;
  model::Event event;
  event.kind = model::EventKind::kMmap;
  encoder.AppendRow({}, event, 0);
  const size_t without = encoder.data().size();
  encoder.Clear();
  event.kind = model::EventKind::kLost;
  encoder.AppendRow({}, event, 0);
  EXPECT_EQ(encoder.data().size(), without + 8);
}

TEST(CopyEncoder, ANewNameIsNotTakenForTheLastOne) {
  CopyEncoder encoder;
  model::Event event;
  for (const char name : {'a', 'b'}) {
    event.comm = {name};
    encoder.Clear();
    encoder.AppendRow({}, event, 0);
    EXPECT_EQ(encoder.data().back(), name);
  }
}

}  // namespace
}  // namespace memmon::store
