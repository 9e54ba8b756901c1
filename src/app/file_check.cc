#include "app/file_check.h"

#include "app/attestation_roots.h"
#include "app/certificate_check.h"
#include "app/issuer_keys.h"
#include "app/siem_settings.h"

namespace kmaas::app {

Result<void> CheckFiles(const Config& config, WallTime now) {
  KM_CHECK(CheckHttpsFiles(config.https, now));
  KM_CHECK(CheckGrpcFiles(config.grpc, now));
  KM_CHECK(LoadPrincipalRules(config.grpc));
  KM_CHECK(CheckIssuerFiles(config.issuers));
  KM_CHECK(LoadAttestationRoots(config.attestation_roots));
  KM_CHECK(CheckDestinations(config.siem));
  for (const KeyStoreConfig& store : config.key_stores)
    if (!store.trust_anchor.empty())
      KM_CHECK(CheckAuthorities(store.trust_anchor, "key_stores.trust_anchor"));
  return {};
}

}  // namespace kmaas::app
