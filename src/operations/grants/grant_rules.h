// What the requests about grants obey: who is named and how, constraints, ids.
#pragma once

#include <string>

#include "base/result.h"
#include "core/lasting_names.h"
#include "domain/grant.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

// kInvalidArn unless it is the ARN of a principal. An account is named by the ARN of its root only,
// so that a policy's condition on the name sees the one spelling that there is.
Result<void> CheckPrincipal(const std::string& arn);
// kValidation unless it is a service principal's name; `member` is the request's:
// "granteeService..."
Result<void> CheckService(const std::string& name, const std::string& member);

// A principal as one of two members names it: an ARN, or a service. `arn` empty: none.
struct NamedPrincipal {
  std::string arn;
  bool is_service = false;
};
template <class Request>
Result<NamedPrincipal> GranteeOf(const Request& request) {
  if (request.has_grantee_principal() && request.has_grantee_service_principal()) {
    return Error{ErrorCode::kValidation,
                 "You cannot specify GranteePrincipal and GranteeServicePrincipal in the same "
                 "request."};
  }
  if (request.has_grantee_service_principal()) {
    KM_CHECK(CheckService(request.grantee_service_principal(), "granteeServicePrincipal"));
    return NamedPrincipal{request.grantee_service_principal(), true};
  }
  if (request.has_grantee_principal()) KM_CHECK(CheckPrincipal(request.grantee_principal()));
  return NamedPrincipal{request.grantee_principal(), false};
}
template <class Request>
Result<NamedPrincipal> RetiringOf(const Request& request) {
  if (request.has_retiring_principal() && request.has_retiring_service_principal()) {
    return Error{ErrorCode::kValidation,
                 "You cannot specify RetiringPrincipal and RetiringServicePrincipal in the same "
                 "request."};
  }
  if (request.has_retiring_service_principal()) {
    KM_CHECK(CheckService(request.retiring_service_principal(), "retiringServicePrincipal"));
    return NamedPrincipal{request.retiring_service_principal(), true};
  }
  if (request.has_retiring_principal()) KM_CHECK(CheckPrincipal(request.retiring_principal()));
  return NamedPrincipal{request.retiring_principal(), false};
}

// What a new grant keeps of a principal; kInvalidArn when there is none of that ARN.
Result<core::LastingName> NameFor(const NamedPrincipal& principal, records::Catalog& catalog);
// What listings look for: nobody's name when there is none.
Result<std::string> NameToList(const NamedPrincipal& principal, records::Catalog& catalog);

// kValidation for more than one context constraint, for none at all, and above the limits.
Result<domain::GrantConstraints> ReadConstraints(
    const ::kmaas::kms::v1::GrantConstraints& constraints);

// kValidation for an operation that the key cannot do. Sorted, each once.
Result<std::vector<std::string>> ReadOperations(
    const google::protobuf::RepeatedPtrField<std::string>& operations, const domain::Key& key);

// kInvalidGrantId for what no grant is called.
Result<void> CheckGrantId(const std::string& id);
Error GrantNotFound(const std::string& id);

}  // namespace kmaas::operations
