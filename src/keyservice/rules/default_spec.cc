#include "keyservice/rules/default_spec.h"

namespace kmaas::keyservice {

domain::KeySpec DefaultSpec(Purpose purpose, const ClassRules& rules) {
  using enum domain::KeySpec;
  switch (purpose) {
    case Purpose::kEncrypt:
      return kSymmetricDefault;
    case Purpose::kSign:
      if (rules.ec_bits_min <= 256) return kEccNistP256;
      return rules.ec_bits_min <= 384 ? kEccNistP384 : kEccNistP521;
    case Purpose::kMac:
      if (rules.hash_bits_min <= 256) return kHmac256;
      return rules.hash_bits_min <= 384 ? kHmac384 : kHmac512;
  }
  return kSymmetricDefault;
}

domain::KeyUsage UsageOf(Purpose purpose) {
  switch (purpose) {
    case Purpose::kEncrypt:
      return domain::KeyUsage::kEncryptDecrypt;
    case Purpose::kSign:
      return domain::KeyUsage::kSignVerify;
    case Purpose::kMac:
      return domain::KeyUsage::kGenerateVerifyMac;
  }
  return domain::KeyUsage::kEncryptDecrypt;
}

}  // namespace kmaas::keyservice
