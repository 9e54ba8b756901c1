#include "cli/share_prompt.h"

#include <iostream>
#include <string>
#include <utility>

#include "app/custodian_share.h"
#include "app/pin.h"

namespace kmaas::cli {

Result<SecretBytes> AskShares() {
  app::ShareCollection shares;
  while (!shares.is_complete()) {
    const std::string of = shares.needed() == 0 ? "" : " of " + std::to_string(shares.needed());
    KM_TRY(const SecretBytes text,
           app::AskPin("Share " + std::to_string(shares.given() + 1) + of + " of the user PIN"));
    Result<app::CustodianShare> share = app::ReadShare(text.view());
    const Result<void> added = share ? shares.Add(*std::move(share)) : Result<void>(share.error());
    if (!added) std::cerr << "kmaas: " << added.error().message << '\n';
  }
  return shares.Take();
}

}  // namespace kmaas::cli
