#include "operations/crypto/data_key.h"

#include "operations/crypto/algorithm_choice.h"

namespace kmaas::operations {

Result<void> RequireSymmetricKey(const core::KeyCall& call) {
  using domain::EncryptionAlgorithm;
  const std::string algorithm(ToText(EncryptionAlgorithm::kSymmetricDefault));
  KM_CHECK(AlgorithmFor<EncryptionAlgorithm>(algorithm, call.key()));
  return {};
}

Result<DataKey> MakeDataKey(core::KeyCall& call, std::size_t size,
                            const domain::EncryptionContext& context) {
  KM_CHECK(RequireSymmetricKey(call));
  DataKey made{SecretBytes(size), {}};
  KM_CHECK(call.services().engine.GenerateRandom(made.plaintext.span(), call.deadline()));
  KM_TRY(made.sealed, call.Seal(made.plaintext.view(), context));
  return made;
}

}  // namespace kmaas::operations
