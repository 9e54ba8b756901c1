#include "operations/crypto/algorithm_choice.h"

namespace kmaas::operations {

Error IncompatibleAlgorithm(const std::string& algorithm, const domain::Key& key) {
  return {ErrorCode::kInvalidKeyUsage, "Algorithm " + algorithm +
                                           " is incompatible with key spec " +
                                           std::string(ToText(key.spec)) + "."};
}

}  // namespace kmaas::operations
