#include "frontends/aws_query/replies.h"

#include "core/errors.h"
#include "frontends/aws_query/xml_encoder.h"

namespace kmaas::aws_query {
namespace {

http::Response Reply(unsigned status, const std::string& request_id, std::string body) {
  http::Response response;
  response.status = status;
  response.headers = {{"x-amzn-RequestId", request_id}, {"Content-Type", "text/xml"}};
  response.body = std::move(body);
  return response;
}

std::string Opening(std::string_view element, std::string_view xml_namespace) {
  std::string out("<");
  out.append(element).append(" xmlns=\"");
  AppendXmlText(out, xml_namespace);
  out += "\">";
  return out;
}

// An answer without members has no result element, unless the service model says that it has.
void AppendResult(std::string& out, const core::Operation& operation,
                  const google::protobuf::Message& reply) {
  if (reply.GetDescriptor()->field_count() == 0 && !operation.empty_result) return;
  out += "<" + operation.name + "Result>";
  AppendXmlMembers(out, reply);
  out += "</" + operation.name + "Result>";
}

}  // namespace

http::Response SuccessReply(const core::Operation& operation, const std::string& request_id,
                            const google::protobuf::Message& reply) {
  const std::string element = operation.name + "Response";
  std::string body = Opening(element, operation.xml_namespace);
  AppendResult(body, operation, reply);
  body += "<ResponseMetadata>";
  AppendXmlElement(body, "RequestId", request_id);
  body += "</ResponseMetadata></" + element + ">";
  http::Response response = Reply(200, request_id, std::move(body));
  response.is_proven = true;
  return response;
}

http::Response ErrorReply(std::string_view xml_namespace, const std::string& request_id,
                          const Error& error) {
  const core::ErrorRow& row = core::RowOf(error.code);
  std::string body = Opening("ErrorResponse", xml_namespace);
  body += "<Error>";
  AppendXmlElement(body, "Type", row.query.http_status >= 500 ? "Receiver" : "Sender");
  AppendXmlElement(body, "Code", core::QueryCodeOf(row));
  AppendXmlElement(body, "Message", error.message);
  body += "</Error>";
  AppendXmlElement(body, "RequestId", request_id);
  body += "</ErrorResponse>";
  http::Response response = Reply(row.query.http_status, request_id, std::move(body));
  response.close = core::IsRefusalOfProof(row);
  return response;
}

}  // namespace kmaas::aws_query
