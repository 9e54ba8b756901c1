// An HTTP request of the Query protocol as the pipeline sees a call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontends/aws_http/signed_ingress.h"

namespace kmaas::aws_query {

// Where the parameters of a call stand. A GET is a link that somebody signed and handed on.
std::string_view FormOf(const http::Request& request);

// A service of the Query protocol, found in the registry at start.
struct QueryService {
  std::string version;
  std::string signing_name;
  std::string xml_namespace;
};

// Borrows all of it; lives as long as one call.
class QueryIngress final : public aws_http::SignedIngress {
 public:
  // The version in the form chooses the service, also for an action that it does not have; a form
  // without one, or with several, is the first service's.
  QueryIngress(const http::Request& request, const std::vector<aws_http::Signer>& signers,
               const std::vector<QueryService>& services_served, const core::Services& services);

  const core::Operation* FindOperation(const core::Registry& registry) override;
  Result<void> Decode(const core::Operation& operation,
                      google::protobuf::Message& message) override;

  const QueryService& service() const { return *service_; }
  // Null until FindOperation has found it.
  const core::Operation* operation() const { return operation_; }
  // What a caller is told who asked for an action that there is not.
  std::string UnknownAction() const;

 private:
  std::string_view form_;  // the body; of a GET the query
  std::string action_;
  std::string version_;
  const QueryService* service_;
  const core::Operation* operation_ = nullptr;
};

}  // namespace kmaas::aws_query
