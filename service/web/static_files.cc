// SPDX-License-Identifier: Apache-2.0

#include "web/static_files.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace memmon::web {
namespace {

namespace fs = std::filesystem;

fs::path Canonical(const std::string& root) {
  if (root.empty()) return {};
  std::error_code error;
  fs::path path = fs::canonical(root, error);
  return error || !fs::is_directory(path, error) ? fs::path() : path;
}

bool IsInside(const fs::path& file, const fs::path& root) {
  auto [end, unused] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  return end == root.end();
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

StaticFiles::StaticFiles(const std::string& root) : root_(Canonical(root)) {}

bool StaticFiles::available() const {
  std::error_code error;
  return !root_.empty() && fs::is_regular_file(root_ / "index.html", error);
}

std::optional<StaticFile> StaticFiles::Find(std::string_view path,
                                            std::string_view accept_encoding) const {
  if (root_.empty()) return std::nullopt;
  std::string name(path == "/" ? "index.html" : path.substr(1));
  std::error_code error;
  fs::path plain = fs::canonical(root_ / name, error);
  // Links that lead out are not followed.
  if (error || !IsInside(plain, root_) || !fs::is_regular_file(plain, error)) return std::nullopt;

  StaticFile file;
  fs::path chosen = plain;
  for (auto [coding, suffix] : {std::pair("br", ".br"), std::pair("gzip", ".gz")}) {
    if (!AcceptsEncoding(accept_encoding, coding)) continue;
    fs::path packed = plain;
    packed += suffix;
    packed = fs::canonical(packed, error);
    if (error || !IsInside(packed, root_) || !fs::is_regular_file(packed, error)) continue;
    file.content_encoding = coding;
    chosen = packed;
    break;
  }
  const auto modified = fs::last_write_time(chosen, error).time_since_epoch().count();
  if (error) return std::nullopt;
  const uintmax_t size = fs::file_size(chosen, error);
  if (error) return std::nullopt;
  file.etag = absl::StrCat("\"", absl::Hex(static_cast<uint64_t>(modified)), "-", absl::Hex(size),
                           file.content_encoding.empty() ? "" : "-", file.content_encoding, "\"");
  file.body = Load(chosen, file.etag);
  if (file.body == nullptr) return std::nullopt;
  file.content_type = ContentType(name);
  file.cache_control = HasHashedName(path) ? "public, max-age=31536000, immutable" : "no-cache";
  return file;
}

std::shared_ptr<const std::string> StaticFiles::Load(const fs::path& file,
                                                     const std::string& etag) const {
  // Held while it is read: whoever asks for the same meanwhile waits for it.
  const std::lock_guard lock(mutex_);
  Loaded& loaded = loaded_[file];
  auto body = loaded.etag == etag ? loaded.body.lock() : nullptr;
  if (body != nullptr) return body;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return nullptr;
  body = std::make_shared<const std::string>(std::istreambuf_iterator<char>(stream),
                                             std::istreambuf_iterator<char>());
  loaded = {etag, body};
  return body;
}

std::string ContentType(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
  };
  for (auto [suffix, type] : kTypes) {
    if (path.ends_with(suffix)) return std::string(type);
  }
  return "application/octet-stream";
}

bool HasHashedName(std::string_view path) {
  if (!path.starts_with("/assets/")) return false;
  std::string_view name = path.substr(path.rfind('/') + 1);
  size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  name = name.substr(0, dot);
  // Vite's hash is eight characters of base64url after a dash.
  constexpr size_t kHash = 8;
  if (name.size() <= kHash || name[name.size() - kHash - 1] != '-') return false;
  for (char c : name.substr(name.size() - kHash)) {
    if (!isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-') return false;
  }
  return true;
}

bool AcceptsEncoding(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    size_t comma = accept_encoding.find(',');
    std::string_view item = Trim(accept_encoding.substr(0, comma));
    accept_encoding = comma == std::string_view::npos ? "" : accept_encoding.substr(comma + 1);
    size_t semicolon = item.find(';');
    if (Trim(item.substr(0, semicolon)) != coding) continue;
    if (semicolon == std::string_view::npos) return true;
    std::string_view weight = Trim(item.substr(semicolon + 1));
    return !weight.starts_with("q=") || strtod(std::string(weight.substr(2)).c_str(), nullptr) > 0;
  }
  return false;
}

}  // namespace memmon::web
