#include "app/token_sweeping.h"

#include <utility>

#include "base/encoding.h"
#include "base/log.h"

namespace kmaas::app {

lifecycle::TokenSweep::Parts SweepParts(Foundation& foundation, ports::AuditSink& trail,
                                        ports::RandomSource& random, const Clock& clock,
                                        std::string region) {
  return {foundation.engine->token_keys(), *foundation.catalog, clock,
          [&trail, &random, &clock, region = std::move(region)](const ports::TokenKey& key) {
            const std::string details = R"({"kind":")" + std::string(key.KindText()) +
                                        R"(","id":")" + HexEncode(key.id) + R"("})";
            return trail.Append(
                storage::StoreRecord("DestroyUnnamedKey", details, region, random, clock.Now()));
          }};
}

TokenSweeping::TokenSweeping(lifecycle::TokenSweep::Parts parts, std::chrono::seconds spared)
    : spared_(spared), sweep_(std::move(parts), spared) {
  // What is not seen now is seen later, and then has to wait.
  if (const Result<void> noted = sweep_.NoteLeftBehind(); !noted)
    log::Warning("token_not_listed", {{"detail", ForOperators(noted.error())}});
}

void TokenSweeping::Begin() {
  ticker_ = std::make_unique<Ticker>(
      "token_not_swept", [this] { sweep_.Look(); }, spared_, Ticker::First::kAtOnce);
}

}  // namespace kmaas::app
