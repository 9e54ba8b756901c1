#include "app/key_store_connections.h"

#include <algorithm>
#include <utility>

#include "app/certificate_check.h"
#include "app/principal_rules.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

using domain::ConnectionErrorCode;

// A token may be away for days, and each attempt is logged.
constexpr std::chrono::seconds kRecoveryInterval{1};

bool IsRefusal(ConnectionErrorCode code) {
  return code == ConnectionErrorCode::kInvalidCredentials ||
         code == ConnectionErrorCode::kUserLockedOut;
}

}  // namespace

Result<std::unique_ptr<KeyStoreConnections>> KeyStoreConnections::Create(
    std::vector<KeyStoreConfig> stores, OwnModule own, const Clock& clock) {
  std::vector<std::string> trust_anchors;
  for (const KeyStoreConfig& store : stores) {
    std::string text;
    if (!store.trust_anchor.empty()) {
      KM_CHECK(CheckAuthorities(store.trust_anchor, "key_stores.trust_anchor"));
      KM_TRY(text, ReadSettingsFile(store.trust_anchor));
    }
    trust_anchors.push_back(std::move(text));
  }
  return std::unique_ptr<KeyStoreConnections>(
      new KeyStoreConnections(std::move(stores), std::move(trust_anchors), std::move(own), clock));
}

KeyStoreConnections::KeyStoreConnections(std::vector<KeyStoreConfig> stores,
                                         std::vector<std::string> trust_anchors, OwnModule own,
                                         const Clock& clock)
    : stores_(std::move(stores)), trust_anchors_(std::move(trust_anchors)), clock_(clock) {
  modules_.emplace(std::move(own.path), std::move(own.module));
  thread_ = std::thread([this] { Run(); });
}

void KeyStoreConnections::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

void KeyStoreConnections::Enqueue(std::function<void()> job) {
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

Result<std::shared_ptr<ports::CryptoEngine>> KeyStoreConnections::EngineOf(
    std::string_view custom_key_store_id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(custom_key_store_id);
  if (found == entries_.end())
    return Error{ErrorCode::kKmsInvalidState,
                 "The custom key store " + std::string(custom_key_store_id) + " is not connected."};
  if (found->second.engine == nullptr)
    return Error{ErrorCode::kKeyUnavailable, "", "the token of the key store is not there"};
  return std::shared_ptr<ports::CryptoEngine>(found->second.engine);
}

const KeyStoreConfig* KeyStoreConnections::FindConfig(std::string_view cloud_hsm_cluster_id) const {
  const auto found = std::find_if(stores_.begin(), stores_.end(), [&](const auto& store) {
    return store.cluster_id == cloud_hsm_cluster_id;
  });
  return found == stores_.end() ? nullptr : &*found;
}

std::optional<ports::KeyStoreToken> KeyStoreConnections::FindCluster(
    std::string_view cloud_hsm_cluster_id) const {
  const KeyStoreConfig* store = FindConfig(cloud_hsm_cluster_id);
  if (store == nullptr) return std::nullopt;
  return ports::KeyStoreToken{store->token_label, store->token_serial,
                              trust_anchors_[static_cast<std::size_t>(store - stores_.data())]};
}

void KeyStoreConnections::Connect(ports::KeyStoreConnection connection) {
  Drop(connection.custom_key_store_id, nullptr);
  auto wanted = std::make_shared<ports::KeyStoreConnection>(std::move(connection));
  const std::lock_guard lock(mutex_);
  if (closing_) return;
  entries_[wanted->custom_key_store_id] = {wanted, nullptr, true};
  Enqueue([this, wanted] { Attempt(wanted); });
}

void KeyStoreConnections::Disconnect(std::string_view custom_key_store_id) {
  Drop(custom_key_store_id, nullptr);
}

void KeyStoreConnections::Drop(std::string_view id, const ports::KeyStoreConnection* of) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || (of != nullptr && found->second.wanted.get() != of)) return;
  // The calls that have it may take a while to end, and the next login comes after this one's end.
  if (auto engine = found->second.engine) Enqueue([engine] { engine->Close(); });
  entries_.erase(found);
}

Result<std::shared_ptr<hsm::SharedModule>> KeyStoreConnections::ModuleOf(
    const KeyStoreConfig& store) {
  auto& module = modules_[store.module];
  if (module == nullptr) {
    KM_TRY(module, hsm::SharedModule::Load(store.module, store.module_parameters));
  }
  return module;
}

hsm::KeyStoreOpening KeyStoreConnections::Open(const ports::KeyStoreConnection& wanted) {
  const KeyStoreConfig* store = FindConfig(wanted.cloud_hsm_cluster_id);
  if (store == nullptr)
    return {.failure = ConnectionErrorCode::kClusterNotFound, .detail = "not in the configuration"};
  auto module = ModuleOf(*store);
  if (!module)
    return {.failure = ConnectionErrorCode::kClusterNotFound, .detail = module.error().message};
  hsm::EngineOptions options;
  options.module_path = store->module;
  options.module_parameters = store->module_parameters;
  options.token_label = store->token_label;
  options.token_serial = wanted.token_serial.empty() ? store->token_serial : wanted.token_serial;
  options.user_pin = wanted.password.Clone();
  options.module = *module;
  options.recovery_interval = kRecoveryInterval;
  if (!wanted.token_serial.empty() && !store->token_serial.empty() &&
      wanted.token_serial != store->token_serial)
    return {.failure = ConnectionErrorCode::kClusterNotFound,
            .detail = "the configuration names another serial number than before"};
  return hsm::KeyStoreEngine::Open(std::move(options), clock_);
}

bool KeyStoreConnections::Keep(const ports::KeyStoreConnection& wanted,
                               const hsm::KeyStoreOpening& opening) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(wanted.custom_key_store_id);
  if (closing_ || found == entries_.end() || found->second.wanted.get() != &wanted) return false;
  found->second.engine = opening.engine;
  found->second.in_work = false;
  return true;
}

void KeyStoreConnections::Attempt(const std::shared_ptr<ports::KeyStoreConnection>& wanted) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(wanted->custom_key_store_id);
    if (closing_ || found == entries_.end() || found->second.wanted != wanted) return;
  }
  const hsm::KeyStoreOpening opening = Open(*wanted);
  if (!Keep(*wanted, opening)) {
    if (opening.engine) opening.engine->Close();
    return;
  }
  Conclude(*wanted, opening);
}

void KeyStoreConnections::Conclude(const ports::KeyStoreConnection& wanted,
                                   const hsm::KeyStoreOpening& opening) {
  if (opening.failure) {
    log::Warning("key_store_not_connected", {{"store", wanted.custom_key_store_id},
                                             {"code", ToText(*opening.failure)},
                                             {"detail", opening.detail}});
    if (wanted.resumed && !IsRefusal(*opening.failure)) return;
  }
  const bool kept = wanted.ended({opening.failure, opening.token_serial});
  if (!kept || opening.failure) Drop(wanted.custom_key_store_id, &wanted);
}

void KeyStoreConnections::CheckHealth(std::chrono::milliseconds span) {
  const std::lock_guard lock(mutex_);
  if (closing_) return;
  for (auto& [id, entry] : entries_) {
    if (std::exchange(entry.in_work, true)) continue;
    if (entry.engine == nullptr) {
      Enqueue([this, wanted = entry.wanted] { Attempt(wanted); });
    } else {
      Enqueue([this, span, wanted = entry.wanted, engine = entry.engine] {
        AskHealth(wanted, *engine, span);
      });
    }
  }
}

void KeyStoreConnections::AskHealth(const std::shared_ptr<ports::KeyStoreConnection>& wanted,
                                    hsm::KeyStoreEngine& engine, std::chrono::milliseconds span) {
  const Result<void> healthy = engine.CheckHealth(Deadline::After(clock_, span));
  if (!healthy)
    log::Warning("key_store_does_not_answer",
                 {{"store", wanted->custom_key_store_id}, {"detail", healthy.error().detail}});
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(wanted->custom_key_store_id);
  if (found != entries_.end() && found->second.wanted == wanted) found->second.in_work = false;
}

void KeyStoreConnections::Close() {
  std::vector<std::shared_ptr<hsm::KeyStoreEngine>> engines;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (auto& [id, entry] : entries_)
      if (entry.engine != nullptr) engines.push_back(std::move(entry.engine));
    entries_.clear();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  for (const auto& engine : engines) engine->Close();
  modules_.clear();
}

}  // namespace kmaas::app
