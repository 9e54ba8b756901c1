// Writes answers as XML of the Query protocol.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace kmaas::aws_query {

// Text between tags; what XML 1.0 cannot hold becomes U+FFFD.
void AppendXmlText(std::string& out, std::string_view text);
void AppendXmlElement(std::string& out, std::string_view name, std::string_view text);

// Every byte but letters, digits and -._~ as %XX: how IAM sends policy documents (RFC 3986).
std::string UrlEncoded(std::string_view text);

// The members that are set, in field order, without an element around them. Lists stand as
// <Users><member>...</member></Users>, those of `message` itself also when they are empty; maps as
// entries sorted by key; timestamps in ISO 8601; blobs in base64; fields annotated `url_encoded`
// are.
void AppendXmlMembers(std::string& out, const google::protobuf::Message& message);

}  // namespace kmaas::aws_query
