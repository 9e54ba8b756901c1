// The calls of the port over the members of a group.
#include <algorithm>
#include <set>
#include <string>

#include "hsm/engine_group.h"
#include "hsm/engine_group_ask.h"

namespace kmaas::hsm {
namespace {

// Ids are random, so that their first bytes are spread evenly.
std::size_t HomeOf(ByteView id, std::size_t members) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < sizeof number && i < id.size(); ++i) number = number << 8U | id[i];
  return number % members;
}

}  // namespace

EngineGroup::Order EngineGroup::OrderFrom(std::size_t home) const {
  Order order;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::size_t index = (home + i) % members_.size();
    if (IsAlone() || members_[index]->IsUp()) order.push_back(index);
  }
  return order;
}

EngineGroup::Order EngineGroup::OrderOf(ByteView id) const {
  return OrderFrom(options_.spread == Spread::kFirst ? 0 : HomeOf(id, members_.size()));
}

EngineGroup::Order EngineGroup::OrderOf(const domain::KeyMaterial& material) const {
  Order order = OrderOf(ByteView(material.id.bits));
  if (IsAlone() || material.custody != domain::Custody::kResident) return order;
  const ResidentPlaces::Members known = places_.Of(material.id);
  std::ranges::stable_partition(order,
                                [known](std::size_t index) { return (known >> index & 1U) != 0; });
  return order;
}

EngineGroup::Order EngineGroup::NextInTurn() {
  if (options_.spread == Spread::kFirst || IsAlone()) return OrderFrom(0);
  return OrderFrom(next_.fetch_add(1, std::memory_order_relaxed) % members_.size());
}

Deadline EngineGroup::Patience(Deadline deadline, bool is_last) const {
  if (is_last) return deadline;
  return {std::min(deadline.at, clock_.SteadyNow() + options_.patience)};
}

bool EngineGroup::IsOfMember(GroupMember& member, const Error& error) const {
  if (member.engine()->IsAway()) {
    member.PutOut(error);
    return true;
  }
  switch (error.code) {
    case ErrorCode::kThrottling:
    case ErrorCode::kDependencyTimeout:
    case ErrorCode::kKeyUnavailable:
    case ErrorCode::kKmsInternal:
      return true;
    default:
      return false;
  }
}

Error EngineGroup::HolderAway(const domain::KeyMaterial& material, Error error) const {
  const ResidentPlaces::Members known = places_.Of(material.id);
  std::string holders;
  std::string others;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i]->IsUp()) continue;
    std::string& list = (known >> i & 1U) != 0 ? holders : others;
    list += (list.empty() ? "" : ", ") + members_[i]->name();
  }
  if (!holders.empty()) error.detail += "; in HSMs that are away: " + holders;
  if (holders.empty() && known == 0 && !others.empty())
    error.detail += "; it may be in HSMs that are away: " + others;
  return error;
}

Result<domain::Custody> EngineGroup::CustodyFor(domain::KeySpec spec, domain::KeyUsage usage,
                                                domain::Custody wished) const {
  return first_opened().engine()->CustodyFor(spec, usage, wished);
}

Result<ports::GeneratedMaterial> EngineGroup::GenerateMaterial(const ports::MaterialPlan& plan,
                                                               Deadline deadline) {
  const bool resident = plan.custody == domain::Custody::kResident;
  std::size_t served = 0;
  auto made = Ask(
      OrderOf(ByteView(plan.id.bits)), resident ? kForKeyOnce : kForKey, deadline,
      [&](Engine& engine, Deadline until) { return engine.GenerateMaterial(plan, until); },
      &served);
  if (made && resident) places_.Note(plan.id, served);
  return made;
}

Result<SecretBytes> EngineGroup::DeriveMessageKey(const domain::KeyMaterial& material,
                                                  ByteView input, Deadline deadline) {
  return AskWith(material, deadline, [&](Engine& engine, Deadline until) {
    return engine.DeriveMessageKey(material, input, until);
  });
}

Result<SecretBytes> EngineGroup::TryMessageKey(const domain::KeyMaterial& material, ByteView input,
                                               Deadline deadline) {
  return AskWith(material, deadline, [&](Engine& engine, Deadline until) {
    return engine.TryMessageKey(material, input, until);
  });
}

Result<Bytes> EngineGroup::Sign(const domain::KeyMaterial& material,
                                domain::SigningAlgorithm algorithm, ByteView input,
                                Deadline deadline) {
  return AskWith(material, deadline, [&](Engine& engine, Deadline until) {
    return engine.Sign(material, algorithm, input, until);
  });
}

Result<SecretBytes> EngineGroup::DecryptRsa(const domain::KeyMaterial& material,
                                            domain::EncryptionAlgorithm algorithm,
                                            ByteView ciphertext, Deadline deadline) {
  return AskWith(material, deadline, [&](Engine& engine, Deadline until) {
    return engine.DecryptRsa(material, algorithm, ciphertext, until);
  });
}

Result<Bytes> EngineGroup::MakeMac(const domain::KeyMaterial& material,
                                   domain::MacAlgorithm algorithm, ByteView message,
                                   Deadline deadline) {
  return AskWith(material, deadline, [&](Engine& engine, Deadline until) {
    return engine.MakeMac(material, algorithm, message, until);
  });
}

Result<SecretBytes> EngineGroup::AgreeSecret(const domain::KeyMaterial& material,
                                             ByteView peer_public_key, Deadline deadline) {
  return AskWith(material, deadline, [&](Engine& engine, Deadline until) {
    return engine.AgreeSecret(material, peer_public_key, until);
  });
}

Result<Bytes> EngineGroup::MakeImportKey(const domain::ImportKeyId& id,
                                         domain::WrappingKeySpec spec,
                                         domain::WrappingAlgorithm algorithm, Deadline deadline) {
  return Ask(OrderOf(ByteView(id.bits)), kForKeyOnce, deadline,
             [&](Engine& engine, Deadline until) {
               return engine.MakeImportKey(id, spec, algorithm, until);
             });
}

// The member that has the key of the import answers; the others have no such key.
Result<ports::ImportedMaterial> EngineGroup::ImportMaterial(const ports::ImportPlan& plan,
                                                            ByteView wrapped, Deadline deadline) {
  std::optional<Error> failure;
  std::optional<Error> elsewhere;
  for (const std::size_t index : OrderOf(ByteView(plan.import_key.bits))) {
    GroupMember& member = *members_[index];
    member.NoteCall();
    auto imported = member.engine()->ImportMaterial(plan, wrapped, deadline);
    if (imported) {
      if (plan.material.custody == domain::Custody::kResident) places_.Note(imported->id, index);
      return imported;
    }
    if (IsAlone()) return imported;
    if (imported.error().code == ErrorCode::kInvalidImportToken) {
      elsewhere = std::move(imported).error();
      continue;
    }
    if (!IsOfMember(member, imported.error())) return imported;
    failure = std::move(imported).error();
  }
  if (failure) return *failure;
  if (NotUp().empty() && elsewhere) return *elsewhere;
  return Nobody(ErrorCode::kKeyUnavailable);
}

Result<void> EngineGroup::DestroyImportKey(const domain::ImportKeyId& id, Deadline deadline) {
  Result<void> all;
  for (const auto& member : members_) {
    if (!IsAlone() && !member->IsUp()) continue;
    if (Result<void> gone = member->engine()->DestroyImportKey(id, deadline); !gone) all = gone;
  }
  if (!all || IsAlone() || NotUp().empty()) return all;
  return Nobody(ErrorCode::kKeyUnavailable);
}

Result<void> EngineGroup::DestroyMaterial(const domain::KeyMaterial& material, Deadline deadline) {
  if (IsAlone()) return members_.front()->engine()->DestroyMaterial(material, deadline);
  const bool resident = material.custody == domain::Custody::kResident;
  Result<void> all;
  for (const auto& member : members_) {
    Result<void> gone = Nobody(ErrorCode::kKeyUnavailable);
    if (member->IsUp()) gone = member->engine()->DestroyMaterial(material, deadline);
    if (gone) continue;
    // A key that is only loaded may wait: its blob is no more.
    if (resident) {
      all = gone;
    } else {
      member->NoteForget(material);
    }
  }
  if (all && resident) places_.Forget(material.id);
  return all;
}

Result<void> EngineGroup::GenerateRandom(MutableByteView out, Deadline deadline) {
  return Ask(NextInTurn(), kForService, deadline,
             [&](Engine& engine, Deadline until) { return engine.GenerateRandom(out, until); });
}

Result<SecretBytes> EngineGroup::DeriveServiceKey(ports::ServiceKey key, std::string_view label,
                                                  ByteView context, Deadline deadline) {
  return Ask(NextInTurn(), kForService, deadline, [&](Engine& engine, Deadline until) {
    return engine.DeriveServiceKey(key, label, context, until);
  });
}

Result<Bytes> EngineGroup::SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                           Deadline deadline) {
  return Ask(NextInTurn(), kForService, deadline,
             [&](Engine& engine, Deadline until) { return engine.SignAuditDigest(digest, until); });
}

Result<Bytes> EngineGroup::AuditPublicKey() { return first_opened().engine()->AuditPublicKey(); }

EngineGroup::Holders EngineGroup::HoldersOf(const domain::KeyMaterial& material,
                                            Deadline deadline) {
  Holders holders;
  std::set<std::string> asked;  // tokens: several members may be ways to one
  for (std::size_t i = 0; i < members_.size(); ++i) {
    GroupMember& member = *members_[i];
    if (asked.contains(member.token()) || (!IsAlone() && !member.IsUp())) continue;
    const Result<bool> held = member.engine()->HoldsResident(material, deadline);
    if (!held) continue;
    asked.insert(member.token());
    if (!*held) continue;
    holders.names.push_back(member.token());
    holders.serials.push_back(member.engine()->Status().token_serial);
    places_.Note(material.id, i);
  }
  for (const auto& member : members_)
    if (asked.insert(member->token()).second) holders.unknown.push_back(member->token());
  return holders;
}

}  // namespace kmaas::hsm
