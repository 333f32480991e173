// SPDX-License-Identifier: Apache-2.0

#include "config/access.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "has.h"

namespace memmon::config {
namespace {

absl::StatusOr<Invocation> Parsed(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "memmond");
  return Parse(static_cast<int>(flags.size()), flags.data(), {});
}

std::string ErrorOf(const std::vector<const char*>& flags) {
  auto invocation = Parsed(flags);
  if (invocation.ok()) return "";
  EXPECT_EQ(std::string(invocation.status().message()).find('\n'), std::string::npos);
  return std::string(invocation.status().message());
}

TEST(Access, BeyondTheLoopbackNeedsTlsAndAProof) {
  for (const char* flag : {"--web-address", "--grpc-address"}) {
    const std::string error = ErrorOf({flag, "0.0.0.0:9000"});
    EXPECT_TRUE(Has(error, std::string(flag) + ": others reach 0.0.0.0:9000")) << error;
    EXPECT_TRUE(Has(error,
                    "add --tls-cert FILE and --tls-key FILE, and --token-file FILE or "
                    "--tls-client-ca FILE; or listen on 127.0.0.1:9000 and come by ssh -L "
                    "9000:127.0.0.1:9000 HOST"))
        << error;
  }
  EXPECT_TRUE(Has(ErrorOf({"--web-address", "[::]:9000"}), "others reach [::]:9000"));
  EXPECT_TRUE(Has(ErrorOf({"--web-address", "0.0.0.0:9", "--tls-cert", "c", "--tls-key", "k"}),
                  "add --token-file FILE or --tls-client-ca FILE; or"));
  EXPECT_TRUE(Has(ErrorOf({"--web-address", "0.0.0.0:9", "--token-file", "t"}),
                  "add --tls-cert FILE and --tls-key FILE; or"));
  for (const char* proof : {"--token-file", "--tls-client-ca"}) {
    EXPECT_EQ(
        ErrorOf({"--web-address", "0.0.0.0:9", "--tls-cert", "c", "--tls-key", "k", proof, "p"}),
        "");
  }
}

TEST(Access, OnTheLoopbackNeedsNothing) {
  EXPECT_EQ(ErrorOf({"--web-address", "127.1.2.3:9", "--grpc-address", "[::1]:9"}), "");
  EXPECT_EQ(ErrorOf({"--token-file", "t"}), "");
  EXPECT_TRUE(Has(ErrorOf({"--web-address", "128.0.0.1:9"}), "others reach"));
}

TEST(Access, CanBeLeftOpenOnPurpose) {
  EXPECT_EQ(ErrorOf({"--web-address", "0.0.0.0:9", "--insecure-listen", "yes"}), "");
  EXPECT_TRUE(Has(ErrorOf({"--web-address", "0.0.0.0:9", "--insecure-listen", "no"}), "others"));
  EXPECT_TRUE(Has(ErrorOf({"--insecure-listen", "maybe"}), "neither yes nor no"));
  // A token in the clear would be everybody's.
  EXPECT_TRUE(
      Has(ErrorOf({"--web-address", "0.0.0.0:9", "--insecure-listen", "yes", "--token-file", "t"}),
          "add --tls-cert"));
}

TEST(Access, DetailsAreForThoseWhoShowSomethingUnlessOpenedOnPurpose) {
  const auto sees = [](const std::vector<const char*>& flags) {
    auto invocation = Parsed(flags);
    EXPECT_TRUE(invocation.ok()) << invocation.status();
    return LoadAccess(invocation->config)->sees_details();
  };
  EXPECT_FALSE(sees({}));
  EXPECT_FALSE(sees({"--grpc-socket", "/run/memmon/memmond.sock"}));
  EXPECT_FALSE(sees({"--web-address", "0.0.0.0:9", "--insecure-listen", "yes"}));
  EXPECT_FALSE(sees({"--open-details", "no"}));
  EXPECT_TRUE(sees({"--open-details", "yes"}));
  EXPECT_TRUE(Has(ErrorOf({"--open-details", "all"}), "neither yes nor no"));
  base::Access access;
  access.token = "t";
  EXPECT_TRUE(access.sees_details());
  access = {};
  access.client_ca = "c";
  EXPECT_TRUE(access.sees_details());
  // TLS by itself says nothing of the client.
  access = {};
  access.certificate = "c";
  EXPECT_FALSE(access.sees_details());
}

TEST(Access, PartsThatAreNothingAloneAreRefused) {
  EXPECT_TRUE(Has(ErrorOf({"--tls-cert", "c"}), "add --tls-key FILE"));
  EXPECT_TRUE(Has(ErrorOf({"--tls-key", "k"}), "add --tls-cert FILE"));
  EXPECT_TRUE(Has(ErrorOf({"--tls-client-ca", "a"}), "add --tls-cert FILE and --tls-key FILE"));
}

TEST(Access, NamesAndOriginsAreLists) {
  EXPECT_EQ(ParseHosts("A.example.org,b").value(),
            (std::vector<std::string>{"a.example.org", "b"}));
  EXPECT_EQ(ParseOrigins("https://a.example.org,http://127.0.0.1:5173").value(),
            (std::vector<std::string>{"https://a.example.org", "http://127.0.0.1:5173"}));
  for (const char* text : {"a b", ",", "a,,b", "http://a", "a:80", "*"}) {
    EXPECT_FALSE(ParseHosts(text).ok()) << text;
  }
  for (const char* text : {"a", "*", "https://", "https://a/", "ftp://a", "null"}) {
    EXPECT_FALSE(ParseOrigins(text).ok()) << text;
  }
  EXPECT_TRUE(Has(ErrorOf({"--allow-host", "a/b"}), "--allow-host: \"a/b\" is not a host's name"));
}

class TokenFile : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/memmon-token-XXXXXX";
    int fd = mkstemp(name);
    ASSERT_GE(fd, 0);
    close(fd);
    config_.token_file = name;
  }
  void TearDown() override { std::filesystem::remove(config_.token_file); }

  std::string ErrorWith(const std::string& text, mode_t mode = 0600) {
    std::ofstream(config_.token_file) << text;
    EXPECT_EQ(chmod(config_.token_file.c_str(), mode), 0);
    auto access = LoadAccess(config_);
    return access.ok() ? "" : std::string(access.status().message());
  }

  Config config_;
};

TEST_F(TokenFile, IsReadWithoutItsLineEnd) {
  EXPECT_EQ(ErrorWith("0123456789abcdef\n"), "");
  EXPECT_EQ(LoadAccess(config_)->token, "0123456789abcdef");
  EXPECT_EQ(ErrorWith("0123456789abcdef", 0400), "");
}

TEST_F(TokenFile, ThatOthersMayReadIsRefusedWithTheCure) {
  for (mode_t mode : {0640, 0604, 0660, 0644}) {
    EXPECT_TRUE(Has(ErrorWith("0123456789abcdef\n", mode), "chmod 600 " + config_.token_file));
  }
}

TEST_F(TokenFile, ThatHoldsNoneIsRefusedWithTheCure) {
  for (const char* text : {"", "short\n", "0123456789 abcdef\n", "0123456789abcdef\nsecond\n"}) {
    EXPECT_TRUE(Has(ErrorWith(text), "openssl rand -hex 32 > " + config_.token_file)) << text;
  }
}

TEST(Access, FilesThatAreNotThereAreNamed) {
  Config config;
  config.tls_cert = "/nonexistent/cert.pem";
  EXPECT_TRUE(Has(std::string(LoadAccess(config).status().message()),
                  "--tls-cert: /nonexistent/cert.pem: No such file"));
  config.tls_cert = "/tmp";
  EXPECT_TRUE(Has(std::string(LoadAccess(config).status().message()), "is no file of a key"));
}

}  // namespace
}  // namespace memmon::config
