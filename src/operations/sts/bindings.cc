#include "operations/sts_handlers.h"

namespace kmaas::operations {

std::vector<core::Binding> StsBindings() {
  return {
#define KM_OPERATION(Name, CallType) core::Bind(&Name),
#include "operations/sts_list.inc"
#undef KM_OPERATION
  };
}

}  // namespace kmaas::operations
