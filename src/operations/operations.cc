#include "operations/operations.h"

#include "operations/handlers.h"
#include "operations/iam_handlers.h"
#include "operations/lifecycle_handlers.h"
#include "operations/sts_handlers.h"

namespace kmaas::operations {

std::vector<core::Binding> All() {
  return {
#define KM_OPERATION(Name, CallType) core::Bind(&(Name)),
#include "operations/iam_list.inc"
#include "operations/list.inc"
#include "operations/sts_list.inc"
#undef KM_OPERATION
  };
}

Result<core::Registry> MakeRegistry() {
  const google::protobuf::ServiceDescriptor* services[] = {
      kms::EncryptRequest::descriptor()->file()->service(0),
      iam::GetUserRequest::descriptor()->file()->service(0),
      sts::AssumeRoleRequest::descriptor()->file()->service(0),
  };
  return core::Registry::Create(services, All());
}

Result<core::Registry> MakeLifecycleRegistry() {
  const google::protobuf::ServiceDescriptor* services[] = {
      lifecycle::RotateKeyRequest::descriptor()->file()->service(0)};
  return core::Registry::Create(services, {
#define KM_OPERATION(Name, CallType) core::Bind(&(Name)),
#include "operations/lifecycle_list.inc"
#undef KM_OPERATION
                                          });
}

}  // namespace kmaas::operations
