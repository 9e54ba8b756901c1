#include "operations/key_stores/connection.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "identity/sealed_secrets.h"
#include "operations/key_stores/store_keys.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

using domain::ConnectionErrorCode;
using domain::ConnectionState;
using ports::ConnectionOutcome;

bool IsRefusal(ConnectionErrorCode code) {
  return code == ConnectionErrorCode::kInvalidCredentials ||
         code == ConnectionErrorCode::kUserLockedOut;
}

// `tried` is the sealed password that the attempt was made with: by now there may be another.
Result<void> Fail(records::Changes& changes, domain::CustomKeyStore store, ByteView tried,
                  ConnectionErrorCode code) {
  if (IsRefusal(code) && std::equal(tried.begin(), tried.end(), store.sealed_password.begin(),
                                    store.sealed_password.end()))
    store.sealed_password.clear();
  if (store.connection_state == ConnectionState::kConnected)
    KM_CHECK(MakeKeysUnavailable(changes, store));
  store.connection_state = ConnectionState::kFailed;
  store.connection_error_code = code;
  return changes.Put(store);
}

Result<void> Succeed(records::Changes& changes, domain::CustomKeyStore store,
                     const std::string& token_serial) {
  KM_CHECK(RestoreKeys(changes, store));
  store.connection_state = ConnectionState::kConnected;
  store.connection_error_code.reset();
  store.token_serial = token_serial;
  return changes.Put(store);
}

// Whether the connection is still wanted.
Result<bool> Conclude(records::Changes& changes, const domain::CustomKeyStore& begun,
                      const ConnectionOutcome& outcome) {
  KM_TRY(auto store, changes.Get<domain::CustomKeyStore>(
                         records::Table<domain::CustomKeyStore>::RowKey(begun)));
  const bool awaited = store && (store->connection_state == ConnectionState::kConnecting ||
                                 store->connection_state == ConnectionState::kConnected);
  if (!awaited) return false;
  if (outcome.failure) {
    KM_CHECK(Fail(changes, *std::move(store), begun.sealed_password, *outcome.failure));
    return false;
  }
  KM_CHECK(Succeed(changes, *std::move(store), outcome.token_serial));
  return true;
}

bool EndConnection(records::Catalog& catalog, const Clock& clock,
                   const domain::CustomKeyStore& begun, const ConnectionOutcome& outcome) {
  bool wanted = false;
  const Result<void> written = catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_TRY(wanted, Conclude(changes, begun, outcome));
        return {};
      },
      Deadline::After(clock, limits::kCallDeadline));
  const std::string_view how = outcome.failure ? ToText(*outcome.failure) : "connected";
  if (written) {
    log::Info("key_store_connection", {{"store", begun.id}, {"outcome", how}});
  } else {
    log::Error("key_store_not_written",
               {{"store", begun.id}, {"outcome", how}, {"detail", written.error().detail}});
  }
  return written && wanted;
}

}  // namespace

Result<ConnectionTurn> TakeConnectionTurn(const core::Services& services, Deadline deadline) {
  static std::timed_mutex turns;
  ConnectionTurn turn(turns, std::defer_lock);
  const SteadyTime now = services.clock.SteadyNow();
  const auto left = std::min<SteadyTime::duration>(deadline.at - now, limits::kCallDeadline);
  if (now < deadline.at && turn.try_lock_for(left)) return turn;
  return Error{ErrorCode::kThrottling, "", "other connections are being begun or ended"};
}

Result<SecretBytes> PasswordOf(const domain::CustomKeyStore& store, const core::Services& services,
                               Deadline deadline) {
  if (store.sealed_password.empty()) return SecretBytes();
  return identity::SealedSecrets(services.engine, services.random).Open(store, deadline);
}

void BeginConnection(const domain::CustomKeyStore& store, SecretBytes password,
                     const core::Services& services) {
  records::Catalog& catalog = services.catalog;
  const Clock& clock = services.clock;
  auto ended = [&catalog, &clock, store](const ConnectionOutcome& outcome) {
    return EndConnection(catalog, clock, store, outcome);
  };
  if (password.empty()) {
    (void)ended({.failure = ConnectionErrorCode::kInvalidCredentials});
  } else if (services.key_stores == nullptr) {
    (void)ended({.failure = ConnectionErrorCode::kClusterNotFound});
  } else {
    services.key_stores->Connect({.custom_key_store_id = store.id,
                                  .account = store.account,
                                  .cloud_hsm_cluster_id = store.cloud_hsm_cluster_id,
                                  .token_serial = store.token_serial,
                                  .password = std::move(password),
                                  .resumed = store.connection_state == ConnectionState::kConnected,
                                  .ended = std::move(ended)});
  }
}

Result<void> ResumeConnections(const core::Services& services, Deadline deadline) {
  KM_TRY(const auto stores, records::EveryRow<domain::CustomKeyStore>(services.catalog, ""));
  for (const domain::CustomKeyStore& store : stores) {
    if (store.connection_state == ConnectionState::kConnecting)
      (void)EndConnection(services.catalog, services.clock, store,
                          {.failure = ConnectionErrorCode::kInternalError});
    if (store.connection_state != ConnectionState::kConnected) continue;
    auto password = PasswordOf(store, services, deadline);
    // Its keys cannot be used; everybody else's can.
    if (password)
      BeginConnection(store, *std::move(password), services);
    else
      log::Error("key_store_not_resumed",
                 {{"store", store.id}, {"detail", password.error().detail}});
  }
  return {};
}

}  // namespace kmaas::operations
