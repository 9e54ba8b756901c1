#include "app/key_store_connections.h"

#include <algorithm>
#include <exception>
#include <typeinfo>
#include <utility>

#include "app/certificate_check.h"
#include "app/principal_rules.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

using domain::ConnectionErrorCode;

// A token may be away for days, and each attempt is logged.
constexpr std::chrono::seconds kRecoveryInterval{1};
constexpr std::chrono::seconds kCloseWait{10};
// A token of others gets few of the threads that serve everybody.
constexpr hsm::LaneOptions kShortLane{1, 8};
constexpr hsm::LaneOptions kLongLane{1, 4};

// Calls `end` when it goes.
template <class Function>
class AtEnd {
 public:
  explicit AtEnd(Function end) : end_(std::move(end)) {}
  ~AtEnd() { end_(); }
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;

 private:
  Function end_;
};

hsm::KeyStoreOpening Unconnected(ConnectionErrorCode failure, std::string detail) {
  return {.failure = failure, .detail = std::move(detail)};
}

}  // namespace

Result<std::shared_ptr<KeyStoreConnections>> KeyStoreConnections::Create(
    std::vector<KeyStoreConfig> stores, OwnModules own, const Clock& clock) {
  std::vector<std::string> trust_anchors;
  for (const KeyStoreConfig& store : stores) {
    std::string text;
    if (!store.trust_anchor.empty()) {
      KM_CHECK(CheckAuthorities(store.trust_anchor, "key_stores.trust_anchor"));
      KM_TRY(text, ReadSettingsFile(store.trust_anchor));
    }
    trust_anchors.push_back(std::move(text));
  }
  std::shared_ptr<KeyStoreConnections> connections(
      new KeyStoreConnections(std::move(stores), std::move(trust_anchors), std::move(own), clock));
  connections->thread_ = std::thread([connections] { connections->Run(); });
  return connections;
}

KeyStoreConnections::KeyStoreConnections(std::vector<KeyStoreConfig> stores,
                                         std::vector<std::string> trust_anchors, OwnModules own,
                                         const Clock& clock)
    : stores_(std::move(stores)),
      trust_anchors_(std::move(trust_anchors)),
      clock_(clock),
      modules_(std::move(own)) {}

void KeyStoreConnections::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (jobs_.empty()) break;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Do(job);
    job = nullptr;  // without the lock: an engine that goes with it takes a while
    lock.lock();
  }
  ended_ = true;
  changed_.notify_all();
}

// What one store's job throws must not end those of the others.
void KeyStoreConnections::Do(const std::function<void()>& job) {
  try {
    job();
  } catch (const std::exception& failure) {
    log::Error("key_store_job_failed", {{"detail", typeid(failure).name()}});
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

const KeyStoreConfig* KeyStoreConnections::FindConfig(std::string_view account,
                                                      std::string_view cloud_hsm_cluster_id) const {
  const auto found = std::find_if(stores_.begin(), stores_.end(), [&](const auto& store) {
    return store.cluster_id == cloud_hsm_cluster_id && store.account == account;
  });
  return found == stores_.end() ? nullptr : &*found;
}

std::optional<ports::KeyStoreToken> KeyStoreConnections::FindCluster(
    std::string_view account, std::string_view cloud_hsm_cluster_id) const {
  const KeyStoreConfig* store = FindConfig(account, cloud_hsm_cluster_id);
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
  const KeyStoreConfig* store = FindConfig(wanted.account, wanted.cloud_hsm_cluster_id);
  if (store == nullptr)
    return Unconnected(ConnectionErrorCode::kClusterNotFound,
                       "the configuration has no such cluster of the account");
  if (!wanted.token_serial.empty() && !store->token_serial.empty() &&
      wanted.token_serial != store->token_serial)
    return Unconnected(ConnectionErrorCode::kClusterNotFound,
                       "the configuration names another serial number than before");
  auto module = ModuleOf(*store);
  if (!module) return Unconnected(ConnectionErrorCode::kClusterNotFound, module.error().message);
  hsm::EngineOptions options;
  options.module_path = store->module;
  options.module_parameters = store->module_parameters;
  options.token_label = store->token_label;
  options.token_serial = wanted.token_serial.empty() ? store->token_serial : wanted.token_serial;
  options.user_pin = wanted.password.Clone();
  options.short_lane = kShortLane;
  options.long_lane = kLongLane;
  options.module = *module;
  options.recovery_interval = kRecoveryInterval;
  return hsm::KeyStoreEngine::Open(std::move(options), clock_);
}

// Whether the token saw the password before something was thrown is not known: it has.
hsm::KeyStoreOpening KeyStoreConnections::OpenOrFail(const ports::KeyStoreConnection& wanted) {
  try {
    return Open(wanted);
  } catch (const std::exception& failure) {
    hsm::KeyStoreOpening opening =
        Unconnected(ConnectionErrorCode::kInternalError, typeid(failure).name());
    opening.login_failed = true;
    return opening;
  }
}

bool KeyStoreConnections::IsCurrent(const ports::KeyStoreConnection& wanted) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(wanted.custom_key_store_id);
  return !closing_ && found != entries_.end() && found->second.wanted.get() == &wanted;
}

bool KeyStoreConnections::Keep(const ports::KeyStoreConnection& wanted,
                               const hsm::KeyStoreOpening& opening) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(wanted.custom_key_store_id);
  if (closing_ || found == entries_.end() || found->second.wanted.get() != &wanted) return false;
  found->second.engine = opening.engine;
  return true;
}

void KeyStoreConnections::EndWork(const ports::KeyStoreConnection& wanted) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(wanted.custom_key_store_id);
  if (found != entries_.end() && found->second.wanted.get() == &wanted)
    found->second.in_work = false;
}

void KeyStoreConnections::Attempt(const std::shared_ptr<ports::KeyStoreConnection>& wanted) {
  const AtEnd work([&] { EndWork(*wanted); });
  if (!IsCurrent(*wanted)) return;
  const hsm::KeyStoreOpening opening = OpenOrFail(*wanted);
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
    if (wanted.resumed && !opening.login_failed) return;
  }
  const bool kept = Tell(wanted, {opening.failure, opening.token_serial});
  if (!kept || opening.failure) Drop(wanted.custom_key_store_id, &wanted);
}

bool KeyStoreConnections::Tell(const ports::KeyStoreConnection& wanted,
                               const ports::ConnectionOutcome& outcome) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return false;
    telling_ = true;
  }
  const AtEnd told([this] {
    const std::lock_guard lock(mutex_);
    telling_ = false;
    changed_.notify_all();
  });
  return wanted.ended(outcome);
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
        AskHealth(*wanted, *engine, span);
      });
    }
  }
}

void KeyStoreConnections::AskHealth(const ports::KeyStoreConnection& wanted,
                                    hsm::KeyStoreEngine& engine, std::chrono::milliseconds span) {
  const AtEnd work([&] { EndWork(wanted); });
  const Result<void> healthy = engine.CheckHealth(Deadline::After(clock_, span));
  if (healthy) return;
  log::Warning("key_store_does_not_answer",
               {{"store", wanted.custom_key_store_id}, {"detail", healthy.error().detail}});
  if (!engine.IsPinRefused() || !IsCurrent(wanted)) return;
  // The row forgets it too, or the next start of the server would try it again.
  (void)Tell(wanted, {.failure = ConnectionErrorCode::kInvalidCredentials});
  Drop(wanted.custom_key_store_id, &wanted);
}

void KeyStoreConnections::Close() {
  std::unique_lock lock(mutex_);
  if (std::exchange(closing_, true)) return;
  for (auto& [id, entry] : entries_)
    if (entry.engine != nullptr) left_engines_.push_back(std::move(entry.engine));
  entries_.clear();
  changed_.notify_all();
  if (!changed_.wait_for(lock, kCloseWait, [this] { return ended_; })) {
    // Who is told writes to the store, which takes its time and ends.
    changed_.wait(lock, [this] { return !telling_; });
    log::Warning("key_stores_close_abandoned", {{"reason", "a token does not answer"}});
    thread_.detach();
    return;
  }
  lock.unlock();
  thread_.join();
  for (const auto& engine : left_engines_) engine->Close();
  left_engines_.clear();
  modules_.clear();
}

}  // namespace kmaas::app
