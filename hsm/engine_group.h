// ports::CryptoEngine over several tokens that have the same keys.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/ticker.h"
#include "hsm/engine.h"
#include "hsm/group_anchor.h"
#include "hsm/group_member.h"
#include "hsm/group_tokens.h"
#include "hsm/resident_places.h"
#include "hsm/root_challenge.h"
#include "hsm/spread.h"
#include "ports/crypto_engine.h"

namespace kmaas::hsm {

struct GroupOptions {
  Spread spread = Spread::kByKey;
  // How long a call may wait for its turn at a member while another one is up.
  std::chrono::milliseconds patience{400};
  std::chrono::milliseconds check_max{5000};  // of a try to bring one back
};

struct GroupCounters {
  std::uint64_t not_repeated =
      0;  // calls that failed and might have been done: not tried elsewhere
  GroupAnchorCounters anchor;
};

// Thread-safe. A call goes to one member that is up. When that is away, busy or not able to answer,
// the next one is asked, each once at most, while the deadline lets it; but for a call that may
// have left a key in the token. A member is let in when it has been proven to have the roots of the
// others and to remember no later head of the store, is put out when a call or a check finds its
// token away, and is not called until it has been let in again. Resident keys and keys of imports
// are in the member that made them, unless its maker's tools copied them: calls seek them.
//
// Over one member it is that engine: nothing is proven, and the engine recovers in calls.
class EngineGroup final : public ports::CryptoEngine {
 public:
  // Opens all. A member that is away, or whose token refuses the PIN, is logged and left out when
  // another one is there. kConflict, or the error of its opening, for one that is a stranger: the
  // message names it. Borrows the clock.
  static Result<std::unique_ptr<EngineGroup>> Open(std::vector<GroupSeat> seats,
                                                   GroupOptions options, const Clock& clock);
  ~EngineGroup() override;  // closes
  EngineGroup(const EngineGroup&) = delete;
  EngineGroup& operator=(const EngineGroup&) = delete;

  // From now on each member is looked at by a thread of its own: every `interval` while it is not
  // up, and each second while it is. Over one member there is none.
  void BeginChecks(std::chrono::milliseconds interval = std::chrono::milliseconds(250));
  // Ends the checks and closes the engines. Idempotent.
  void Close();

  // Lives as long as the group.
  ports::TokenAnchor& anchor();
  ports::TokenKeys& token_keys() { return *token_keys_; }  // likewise
  ports::TokenRoots& roots() { return *roots_; }           // likewise
  std::vector<MemberFacts> members() const;
  GroupCounters group_counters() const;
  // Of all members together.
  EngineCounters counters() const;
  bool IsPinRefused() const;  // by any
  bool IsDegraded() const;    // a member is not up

  // Which members have a resident key, found by asking each; `unknown` could not be asked.
  struct Holders {
    std::vector<std::string> names;
    std::vector<std::string> serials;  // of the same
    std::vector<std::string> unknown;
  };
  Holders HoldersOf(const domain::KeyMaterial& material, Deadline deadline);

  // One look at each, in turn; succeeds when one is up. Who is not is brought back and let in.
  Result<void> CheckHealth(Deadline deadline) override;
  ports::EngineStatus Status() const override;

  Result<domain::Custody> CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                     domain::Custody wished) const override;
  Result<ports::GeneratedMaterial> GenerateMaterial(const ports::MaterialPlan& plan,
                                                    Deadline deadline) override;
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial& material, ByteView input,
                                       Deadline deadline) override;
  Result<SecretBytes> TryMessageKey(const domain::KeyMaterial& material, ByteView input,
                                    Deadline deadline) override;
  Result<Bytes> Sign(const domain::KeyMaterial& material, domain::SigningAlgorithm algorithm,
                     ByteView input, Deadline deadline) override;
  Result<SecretBytes> DecryptRsa(const domain::KeyMaterial& material,
                                 domain::EncryptionAlgorithm algorithm, ByteView ciphertext,
                                 Deadline deadline) override;
  Result<Bytes> MakeMac(const domain::KeyMaterial& material, domain::MacAlgorithm algorithm,
                        ByteView message, Deadline deadline) override;
  Result<SecretBytes> AgreeSecret(const domain::KeyMaterial& material, ByteView peer_public_key,
                                  Deadline deadline) override;
  Result<Bytes> MakeImportKey(const domain::ImportKeyId& id, domain::WrappingKeySpec spec,
                              domain::WrappingAlgorithm algorithm, Deadline deadline) override;
  Result<ports::ImportedMaterial> ImportMaterial(const ports::ImportPlan& plan, ByteView wrapped,
                                                 Deadline deadline) override;
  // Fails when a member is not up: it may have the key.
  Result<void> DestroyImportKey(const domain::ImportKeyId& id, Deadline deadline) override;
  // Of a resident key, likewise.
  Result<void> DestroyMaterial(const domain::KeyMaterial& material, Deadline deadline) override;
  Result<void> GenerateRandom(MutableByteView out, Deadline deadline) override;
  Result<SecretBytes> DeriveServiceKey(ports::ServiceKey key, std::string_view label,
                                       ByteView context, Deadline deadline) override;
  Result<Bytes> SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                Deadline deadline) override;
  Result<Bytes> AuditPublicKey() override;

 private:
  using Order = std::vector<std::size_t>;  // members, first choice first
  // What is done after a failure that may be of the member, and when there is none to ask.
  struct Manner {
    ErrorCode when_nobody;
    bool repeatable;
  };
  static constexpr Manner kForKey{ErrorCode::kKeyUnavailable, true};
  static constexpr Manner kForKeyOnce{ErrorCode::kKeyUnavailable, false};
  static constexpr Manner kForService{ErrorCode::kDependencyTimeout, true};

  EngineGroup(std::vector<GroupSeat> seats, GroupOptions options, const Clock& clock);
  Result<void> OpenAll();
  Result<void> LetInOrRefuse(std::size_t index);
  Result<void> Check(std::size_t index, Deadline deadline);
  Result<void> Join(std::size_t index, Deadline deadline);
  std::vector<AnchorHolder> AnchorHolders();

  bool IsAlone() const { return members_.size() == 1; }
  GroupMember& first_opened() const;
  // All that are up, beginning at home.
  Order OrderFrom(std::size_t home) const;
  Order OrderOf(ByteView id) const;  // of a key that has its home by its id
  Order OrderOf(const domain::KeyMaterial& material) const;
  Order NextInTurn();  // of a call without a key
  std::vector<std::string> NotUp() const;
  Deadline Patience(Deadline deadline, bool is_last) const;

  // Asks by `use(Engine&, Deadline)`; `served`, when given, becomes the member that answered.
  template <class Use>
  auto Ask(const Order& order, const Manner& manner, Deadline deadline, Use use,
           std::size_t* served = nullptr) -> decltype(use(std::declval<Engine&>(), deadline));
  template <class Use>
  auto AskWith(const domain::KeyMaterial& material, Deadline deadline, Use use)
      -> decltype(use(std::declval<Engine&>(), deadline));
  // Whether `error` may be of the member rather than of the call; puts it out when its token is
  // away.
  bool IsOfMember(GroupMember& member, const Error& error) const;
  Error Nobody(ErrorCode code) const;
  Error HolderAway(const domain::KeyMaterial& material, Error error) const;

  const GroupOptions options_;
  const Clock& clock_;
  std::vector<std::unique_ptr<GroupMember>> members_;
  std::optional<RootChallenge> challenge_;  // none over one member
  std::unique_ptr<GroupAnchor> anchor_;
  std::unique_ptr<GroupTokenKeys> token_keys_;
  std::unique_ptr<GroupTokenRoots> roots_;
  ResidentPlaces places_;
  std::vector<std::unique_ptr<std::atomic<bool>>> joining_;  // one thread at a time for each member
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> not_repeated_{0};
  std::vector<std::unique_ptr<Ticker>> checks_;
};

}  // namespace kmaas::hsm
