// SPDX-License-Identifier: Apache-2.0
//
// The built dashboard, from a folder. What several are sent at once is in memory once, and
// no longer than that.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_WEB_STATIC_FILES_H_
#define MEMMON_WEB_STATIC_FILES_H_

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace memmon::web {

struct StaticFile {
  std::shared_ptr<const std::string> body;  // never null
  std::string content_type;
  std::string content_encoding;  // "br", "gzip", or empty
  std::string etag;              // quoted
  std::string cache_control;
};

class StaticFiles {
 public:
  // An empty or missing `root` has no files.
  explicit StaticFiles(const std::string& root);

  // Whether there is a dashboard at all.
  bool available() const;

  // `path`: a Target's. "/" is index.html. A file beside it that ends in .br
  // or .gz is taken where `accept_encoding` allows. Nothing where there is no
  // such file, or where it is outside the root.
  std::optional<StaticFile> Find(std::string_view path, std::string_view accept_encoding) const;

 private:
  // What is sent of a file now, by whoever.
  struct Loaded {
    std::string etag;
    std::weak_ptr<const std::string> body;
  };

  // Null where it cannot be read.
  std::shared_ptr<const std::string> Load(const std::filesystem::path& file,
                                          const std::string& etag) const;

  const std::filesystem::path root_;  // canonical; empty: none
  mutable std::mutex mutex_;
  mutable std::map<std::filesystem::path, Loaded> loaded_;  // guarded by mutex_
};

// "text/html; charset=utf-8" for "a.html"; bytes for what is not known.
std::string ContentType(std::string_view path);

// Whether a file of this name changes its name when it changes: Vite's
// "/assets/index-B2x9_aQ1.js".
bool HasHashedName(std::string_view path);

// Whether a header such as "gzip, br;q=0.5" accepts `coding`.
bool AcceptsEncoding(std::string_view accept_encoding, std::string_view coding);

}  // namespace memmon::web

#endif  // MEMMON_WEB_STATIC_FILES_H_
