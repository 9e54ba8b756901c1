// The token and the store behind it, opened in the order in which they depend on each other.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/user_pins.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "hsm/engine_group.h"
#include "hsm/shared_module.h"
#include "records/catalog.h"
#include "storage/anchoring.h"
#include "storage/rollback_check.h"
#include "storage/sqlite/sqlite_store.h"

namespace kmaas::app {

// How long one step of starting or of an operator's command may take.
inline constexpr std::chrono::seconds kStepMax{30};

// The keys that the process holds, derived from the token's integrity key; in locked memory.
struct DerivedKeys {
  SecretBytes row_mac;
  SecretBytes listing_marker;
};
Result<DerivedKeys> DeriveKeys(ports::CryptoEngine& engine, Deadline deadline);

// Of one token; the PIN is the caller's to add.
hsm::EngineOptions ToEngineOptions(const HsmConfig& hsm, const TokenConfig& token);

// Closed in the reverse order; Close() ends the token's module, which must not be left to its exit
// handlers.
struct Foundation {
  std::map<std::string, std::shared_ptr<hsm::SharedModule>> modules;  // by path
  std::unique_ptr<hsm::EngineGroup> engine;
  std::unique_ptr<storage::Anchoring> anchoring;  // hears of every commit
  std::unique_ptr<storage::SqliteStore> store;
  std::unique_ptr<records::Catalog> catalog;
  std::unique_ptr<crypto::HmacSha256Key> marker_key;
  storage::Evidence evidence;  // of the store's being the newest, as it was when it was opened

  // The last head goes into the token, if it is not there yet.
  void Close();
};

// The tokens alone: their modules and the engine over them (one login attempt each).
Result<Foundation> OpenToken(const Config& config, UserPins user_pins, const Clock& clock);

// Opens the token and the database, and checks that the database was made for this token, unless it
// is being made; with kOpenExisting, that it is the newest that token and audit trail remember.
// Borrows the clock. Every error is for the operator: `message` says what was found and what to do.
Result<Foundation> OpenFoundation(const Config& config, UserPins user_pins, storage::OpenMode mode,
                                  const Clock& clock);
// The same, without the last check: for whoever judges the evidence himself.
Result<Foundation> OpenUnjudged(const Config& config, UserPins user_pins, storage::OpenMode mode,
                                const Clock& clock);

// The message of an error and, when it adds something, its detail: for operators, never for
// callers.
std::string ForOperators(const Error& error);

}  // namespace kmaas::app
