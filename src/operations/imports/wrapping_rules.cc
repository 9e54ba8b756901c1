#include "operations/imports/wrapping_rules.h"

#include "domain/key_spec.h"

namespace kmaas::operations {
namespace {

// Whether RSA alone can hold the private key, as PKCS#8: AWS refuses what it cannot.
bool FitsUnderRsa(domain::KeySpec material, domain::WrappingKeySpec wrapping) {
  if (FactsOf(material).family == domain::KeyFamily::kRsa) return false;
  return material != domain::KeySpec::kEccNistP521 || wrapping != domain::WrappingKeySpec::kRsa2048;
}

Error Unsupported(std::string message) {
  return {ErrorCode::kUnsupportedOperation, std::move(message)};
}

}  // namespace

Result<Wrapping> ReadWrapping(const ::kmaas::kms::v1::GetParametersForImportRequest& request,
                              domain::KeySpec spec) {
  const std::string& algorithm_text = request.wrapping_algorithm();
  const std::string& spec_text = request.wrapping_key_spec();
  const auto algorithm = domain::FromText<domain::WrappingAlgorithm>(algorithm_text);
  // RSAES_PKCS1_V1_5 is not supported any more, SM2 in China only.
  if (!algorithm) return Unsupported("WrappingAlgorithm " + algorithm_text + " is not supported.");
  const auto wrapping_spec = domain::FromText<domain::WrappingKeySpec>(spec_text);
  if (!wrapping_spec) return Unsupported("WrappingKeySpec " + spec_text + " is not supported.");
  if (!HasEphemeralKey(*algorithm) && !FitsUnderRsa(spec, *wrapping_spec)) {
    return Unsupported("WrappingAlgorithm " + algorithm_text + " with WrappingKeySpec " +
                       spec_text + " cannot wrap key material of KeySpec " +
                       std::string(ToText(spec)) + ".");
  }
  return Wrapping{*wrapping_spec, *algorithm};
}

}  // namespace kmaas::operations
