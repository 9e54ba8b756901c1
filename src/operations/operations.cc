#include "operations/operations.h"

#include "operations/handlers.h"

namespace kmaas::operations {

std::vector<core::Binding> All() {
  return {
#define KM_OPERATION(Name, CallType) core::Bind(&(Name)),
#include "operations/list.inc"
#undef KM_OPERATION
  };
}

Result<core::Registry> MakeRegistry() {
  const google::protobuf::ServiceDescriptor* services[] = {
      kms::EncryptRequest::descriptor()->file()->service(0)};
  return core::Registry::Create(services, All());
}

}  // namespace kmaas::operations
