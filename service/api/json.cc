// SPDX-License-Identifier: Apache-2.0

#include "api/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {
namespace {

namespace pb = google::protobuf;

std::unique_ptr<pb::Message> Make(const pb::Descriptor* type) {
  const pb::Message* prototype =
      type == nullptr ? nullptr : pb::MessageFactory::generated_factory()->GetPrototype(type);
  return std::unique_ptr<pb::Message>(prototype == nullptr ? nullptr : prototype->New());
}

// `text` as a JSON string. What is not UTF-8 and what controls becomes '?'.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : base::ToValidUtf8(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// For people; empty where the type is not known here.
std::string Readable(const std::string& type, const std::string& value) {
  std::unique_ptr<pb::Message> message =
      Make(pb::DescriptorPool::generated_pool()->FindMessageTypeByName(type));
  std::string json;
  if (message == nullptr || !message->ParseFromString(value) ||
      !pb::util::MessageToJsonString(*message, &json).ok()) {
    return "";
  }
  return json;
}

}  // namespace

std::optional<Method> Method::Find(std::string_view path) {
  size_t slash = path.rfind('/');
  if (path.empty() || path[0] != '/' || slash == 0) return std::nullopt;
  std::string name(path.substr(1));
  name[slash - 1] = '.';
  // Naming one of its messages links the proto into every program, and so the pool
  // knows it.
  v1::GetStatusRequest::descriptor();
  const pb::MethodDescriptor* method = pb::DescriptorPool::generated_pool()->FindMethodByName(name);
  if (method == nullptr) return std::nullopt;
  return Method(method);
}

bool Method::streams() const {
  return descriptor_->client_streaming() || descriptor_->server_streaming();
}

bool Method::only_reads() const {
  return descriptor_->options().idempotency_level() == pb::MethodOptions::NO_SIDE_EFFECTS;
}

absl::StatusOr<std::string> Method::RequestFromJson(std::string_view json) const {
  std::unique_ptr<pb::Message> message = Make(descriptor_->input_type());
  if (message == nullptr) return absl::InternalError("the request has no type");
  if (json.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::string();
  auto parsed = pb::util::JsonStringToMessage(
      pb::StringPiece(json.data(), static_cast<ptrdiff_t>(json.size())), message.get());
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the body is no ", descriptor_->input_type()->full_name(),
                     " in JSON: ", base::ToValidUtf8(std::string(parsed.message()), 300)));
  }
  return message->SerializeAsString();
}

absl::StatusOr<std::string> Method::ResponseToJson(std::string_view bytes) const {
  std::unique_ptr<pb::Message> message = Make(descriptor_->output_type());
  std::string json;
  if (message == nullptr ||
      !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !pb::util::MessageToJsonString(*message, &json).ok()) {
    return absl::InternalError("the answer cannot be written as JSON");
  }
  return json;
}

std::string ErrorToJson(std::string_view code, std::string_view message, std::string_view details) {
  std::string json = absl::StrCat("{\"code\":", Quoted(code));
  if (!message.empty()) absl::StrAppend(&json, ",\"message\":", Quoted(message));
  google::rpc::Status status;
  if (!details.empty() && status.ParseFromArray(details.data(), static_cast<int>(details.size())) &&
      status.details_size() > 0) {
    const char* separator = ",\"details\":[";
    for (const pb::Any& detail : status.details()) {
      std::string type = detail.type_url().substr(detail.type_url().rfind('/') + 1);
      std::string value = absl::Base64Escape(detail.value());
      while (!value.empty() && value.back() == '=') value.pop_back();
      absl::StrAppend(&json, separator, "{\"type\":", Quoted(type), ",\"value\":\"", value, "\"");
      std::string readable = Readable(type, detail.value());
      if (!readable.empty()) absl::StrAppend(&json, ",\"debug\":", readable);
      json += '}';
      separator = ",";
    }
    json += ']';
  }
  return json + '}';
}

}  // namespace memmon::api
