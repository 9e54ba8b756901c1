// Forms of the Query protocol: a letter that means an operation, and any body, read as its request.
// What decodes is a proper message, whose XML is UTF-8 without raw markup; what does not is one
// error.
#include <cstdlib>

#include "base/encoding.h"
#include "frontends/aws_query/form.h"
#include "frontends/aws_query/form_decoder.h"
#include "frontends/aws_query/xml_encoder.h"
#include "operations/operations.h"
#include "tests/fuzz/messages.h"

namespace {

// Every '<' opens or closes an element of letters and digits.
void RequireXml(std::string_view xml) {
  if (!kmaas::IsUtf8(xml)) std::abort();
  for (std::size_t at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string_view::npos) std::abort();
    for (const char c : xml.substr(at + 1, end - at - 1)) {
      const bool is_name =
          (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!is_name && c != '/') std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto registry = kmaas::operations::MakeRegistry();
  static const auto all = kmaas::fuzz::Having(*registry, &kmaas::core::Operation::query_version);
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)kmaas::aws_query::SingleParameter(body, "Action");
  const kmaas::core::Operation& operation = kmaas::fuzz::Meant(all, data[0]);
  const std::unique_ptr<google::protobuf::Message> request(operation.request_prototype->New());
  const auto decoded = kmaas::aws_query::DecodeForm(body, *request);
  if (!decoded) {
    if (decoded.error().code != kmaas::ErrorCode::kSerialization) std::abort();
    return 0;
  }
  // gRPC's own parser refuses a text that is not UTF-8: the two front ends must agree.
  const std::unique_ptr<google::protobuf::Message> again(request->New());
  if (!again->ParseFromString(kmaas::fuzz::MessageBytes(*request))) std::abort();
  std::string xml;
  kmaas::aws_query::AppendXmlMembers(xml, *request);
  RequireXml(xml);
  return 0;
}
