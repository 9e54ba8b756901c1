// Listing and destroying what the engine has made in its token.
#include "hsm/token_keys.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "hsm/key_templates.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

using Kind = ports::TokenKey::Kind;

constexpr Manner kSlowForService{LaneKind::kLong, ErrorCode::kDependencyTimeout, true, true};

struct Marks {
  Kind kind;
  std::string_view label;
  std::size_t id_bytes;
};
constexpr Marks kMarks[] = {
    {Kind::kResident, kResidentLabel, sizeof(domain::MaterialId::bits)},
    {Kind::kImport, kImportLabel, sizeof(domain::ImportKeyId::bits)},
};

const Marks& MarksOf(Kind kind) { return kMarks[kind == Kind::kResident ? 0 : 1]; }

// Every key that the engine makes is as this says, and hardly one of anybody else.
AttributeList AnyWith(Call& call, const Marks& marks) {
  return AsThisTokenHasIt(call, {Is(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_SENSITIVE),
                                 IsNot(CKA_EXTRACTABLE), Text(CKA_LABEL, marks.label)});
}

// Imports of all engines of the process: ids of material are answers of the HSM, and no two tokens
// give the same.
class Spared {
 public:
  void Add(const domain::MaterialId& id) {
    const std::lock_guard lock(mutex_);
    ids_.insert(ToBytes(id.bits));
  }
  bool Has(const Bytes& id) const {
    const std::lock_guard lock(mutex_);
    return ids_.contains(id);
  }
  static Spared& OfProcess() {
    static Spared spared;
    return spared;
  }

 private:
  mutable std::mutex mutex_;
  std::set<Bytes> ids_;
};

Result<void> AddKeys(Call& call, const Marks& marks, std::set<ports::TokenKey>& keys) {
  KM_TRY(const auto found, FindObjects(call, AnyWith(call, marks)));
  for (const ObjectHandle object : found) {
    Attribute id;
    if (!call.session().Read(object, CKA_ID, id).ok()) {
      // Gone meanwhile; or the token is, and then this is no list.
      if (const Rv rv = call.generation().CheckAlive(call.session()); !rv.ok())
        return call.FailAs(rv, Verdict::kLost);
      continue;
    }
    if (id.value.size() == marks.id_bytes) keys.insert({marks.kind, std::move(id.value)});
  }
  return {};
}

}  // namespace

void SpareImported(const domain::MaterialId& id) { Spared::OfProcess().Add(id); }

Result<std::vector<ports::TokenKey>> TokenKeys::List(Deadline deadline) {
  return core_.Run<std::vector<ports::TokenKey>>(
      kSlowForService, deadline, [](Call& call) -> Result<std::vector<ports::TokenKey>> {
        const auto lock = call.generation().LockTokenObjects();
        std::set<ports::TokenKey> keys;
        for (const Marks& marks : kMarks) KM_CHECK(AddKeys(call, marks, keys));
        return std::vector<ports::TokenKey>(keys.begin(), keys.end());
      });
}

Result<void> TokenKeys::Destroy(const ports::TokenKey& key, Deadline deadline) {
  const Marks& marks = MarksOf(key.kind);
  if (key.id.size() != marks.id_bytes)
    return Error{ErrorCode::kValidation, "", "no id of a key that the engine makes"};
  return core_.Run<void>(kSlowForService, deadline, [&](Call& call) -> Result<void> {
    const auto lock = call.generation().LockTokenObjects();
    if (key.kind == Kind::kResident) {
      if (Spared::OfProcess().Has(key.id))
        return Error{ErrorCode::kConflict, "", "the key is one of an import"};
      domain::MaterialId id;
      std::copy(key.id.begin(), key.id.end(), id.bits.begin());
      call.generation().cache().Erase(id);
    }
    KM_CHECK(DestroyObjects(call, Joined(AnyWith(call, marks), {Raw(CKA_ID, key.id)})));
    return FlushToken(call);
  });
}

}  // namespace kmaas::hsm
