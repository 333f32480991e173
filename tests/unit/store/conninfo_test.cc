// SPDX-License-Identifier: Apache-2.0
//
// Connection strings: what may be shown of them. What is made of them is tried against a server.

#include "store/conninfo.h"

#include <gtest/gtest.h>

#include <string>

namespace memmon::store {
namespace {

bool Tells(const std::string& text) { return text.find("secret") != std::string::npos; }

TEST(Conninfo, WithoutAPasswordItIsShownAsItIs) {
  for (const char* conninfo : {"", "dbname='a b'", "host=/run/x user=u dbname=d",
                               "postgresql://u@h:5433/d?sslmode=require", "postgres:///d",
                               "host=h passfile=/etc/pass", "hots=h", "host=h user='a@b'"}) {
    EXPECT_EQ(WithoutPasswords(conninfo), conninfo);
  }
}

TEST(Conninfo, APasswordIsShownInNoFormAndTheRestStays) {
  for (const char* conninfo :
       {"host=h user=u password=secret dbname=d",
        "host = h user=u password = 'a \\' secret' dbname=d", "postgresql://u:secret@h/d",
        "postgres://u:%73ecret%2F@h/d", "postgresql://u@h/d?password=secret",
        "postgresql://h/d?user=u&password=secret",
        "user=u password=other password=secret host=h dbname=d"}) {
    EXPECT_EQ(WithoutPasswords(conninfo), "user='u' dbname='d' host='h'") << conninfo;
  }
  EXPECT_EQ(WithoutPasswords("dbname='it\\'s \\\\' sslpassword=secret password=secret"),
            "dbname='it\\'s \\\\'");
}

TEST(Conninfo, NothingIsShownOfWhatNobodyUnderstands) {
  for (const char* conninfo :
       {"password=more secret", "postgresql://u:%zzsecret@h/d", "postgresql://u:x@[::1/secret",
        "password='secret", "postgresql://u:12/secret@h/d"}) {
    EXPECT_EQ(WithoutPasswords(conninfo), "") << conninfo;
  }
}

TEST(Conninfo, ComplaintsTellNoPassword) {
  for (const char* conninfo :
       {"password=more secret", "postgresql://u:%zzsecret@h/d", "postgresql://u:secret@[::1/d",
        "postgresql://u@h/d?password=a=secret", "password='a' b\" secret",
        "postgresql://u:secret/x@h/d"}) {
    const auto complete = CompleteConninfo(conninfo);
    ASSERT_FALSE(complete.ok()) << conninfo;
    const std::string message(complete.status().message());
    EXPECT_FALSE(Tells(message)) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_NE(message.find("; give it as postgresql://HOST/DATABASE"), std::string::npos);
  }
  EXPECT_TRUE(CompleteConninfo("host=a,b port=5432,5433").ok());
  EXPECT_NE(CompleteConninfo("hots=h").status().message().find("\"hots\""), std::string::npos)
      << "without one it is told what was not understood";
}

}  // namespace
}  // namespace memmon::store
