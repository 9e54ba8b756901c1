// Searching and verifying roots and service keys.
#include "hsm/service_keys.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "hsm/errors.h"
#include "hsm/key_templates.h"
#include "hsm/known_answers.h"
#include "hsm/public_halves.h"

namespace kmaas::hsm {
namespace {

// A session holder can make two of one generation, so this says so.
using ByGeneration = std::multimap<std::uint32_t, ObjectHandle>;

Error Missing(std::string_view label, const std::string& why) {
  return {
      ErrorCode::kNotFound,
      "The token has no usable " + std::string(label) + why + ". Make the keys with `kmaas init`.",
      "service key missing"};
}

// All objects of this label whose attributes are as the ceremony made them.
class Search {
 public:
  Search(const Session& session, const Expectation& expected)
      : session_(session), expected_(expected) {}

  template <class List>
  Result<ByGeneration> Find(CK_OBJECT_CLASS object_class, std::string_view label,
                            List&& attributes_of) const {
    std::vector<ObjectHandle> objects;
    const Rv rv = session_.FindAll(Template(TokenObjects(object_class, label)), objects);
    if (!rv.ok()) return SetupError(rv, "The token cannot be searched");
    ByGeneration found;
    std::string why;
    for (const ObjectHandle object : objects) {
      const std::uint32_t generation = GenerationOf(object, label);
      if (generation == 0 || !Accept(object, label, attributes_of(generation), why)) continue;
      found.emplace(generation, object);
    }
    if (found.empty()) return Missing(label, why);
    return found;
  }

 private:
  std::uint32_t GenerationOf(ObjectHandle object, std::string_view label) const {
    Attribute id;
    if (!session_.Read(object, CKA_ID, id).ok()) return 0;
    return ParseGenerationId(label, id.value).value_or(0);
  }

  bool Accept(ObjectHandle object, std::string_view label, const AttributeList& list,
              std::string& why) const {
    const auto wrong = Differences(session_, object,
                                   Without(list, {expected_.profile.not_on_token_objects.begin(),
                                                  expected_.profile.not_on_token_objects.end()}));
    if (wrong.empty()) return true;
    why = ": " + JoinNames(wrong) + " is not as the ceremony sets it";
    log::Warning("hsm_key_not_as_made", {{"label", label}, {"attributes", JoinNames(wrong)}});
    return expected_.accept_weak;
  }

  const Session& session_;
  const Expectation& expected_;
};

Result<ObjectHandle> OneOf(Result<ByGeneration> found, std::string_view label) {
  if (!found) return std::move(found).error();
  if (found->size() > 1) {
    return Error{ErrorCode::kKmsInternal,
                 "The token has more than one " + std::string(label) + "; one is expected.",
                 "service key twice"};
  }
  return found->begin()->second;
}

// Only the officer makes roots, so a second one of a generation is a copy of the first.
std::map<std::uint32_t, ObjectHandle> OneOfEach(const ByGeneration& found, std::string_view label) {
  std::map<std::uint32_t, ObjectHandle> roots;
  for (const auto& [generation, object] : found)
    if (!roots.emplace(generation, object).second)
      log::Warning("hsm_key_twice", {{"label", label}, {"generation", generation}});
  return roots;
}

Result<Bytes> AuditPublicKeyOf(const Session& session, ObjectHandle object) {
  const KeyPlan& p256 = *FindPlan(domain::KeySpec::kEccNistP256, domain::KeyUsage::kSignVerify);
  std::optional<Bytes> info;
  const Rv rv = ReadPublicHalf(session, object, p256, info);
  if (!rv.ok()) return SetupError(rv, "The audit key's public half cannot be read");
  if (!info)
    return Error{ErrorCode::kKmsInternal, "The audit key is not a P-256 key.", "CKA_EC_POINT"};
  return *std::move(info);
}

AttributeList KeyStoreKeyAsMade(std::uint32_t generation) {
  return Joined(ServiceKeyMaking(kKeyStoreLabel, generation), BornInToken());
}

Result<void> RefuseServiceToken(const Session& session) {
  for (const std::string_view label : {kIntegrityLabel, kSealLabel}) {
    std::vector<ObjectHandle> found;
    const Rv rv = session.FindAll(Template(TokenObjects(CKO_SECRET_KEY, label)), found);
    if (!rv.ok()) return SetupError(rv, "The token cannot be searched");
    if (!found.empty())
      return Error{ErrorCode::kAlreadyExists,
                   "The token has keys of the service itself and cannot be a custom key store.",
                   "service keys in the token"};
  }
  return {};
}

}  // namespace

std::optional<ObjectHandle> Roots::Find(RootClass root, std::uint32_t generation) const {
  const auto of_class = by_class.find(root);
  if (of_class == by_class.end()) return std::nullopt;
  const auto found = of_class->second.find(generation);
  if (found == of_class->second.end()) return std::nullopt;
  return found->second;
}

std::vector<std::uint32_t> Roots::generations() const {
  std::vector<std::uint32_t> whole;
  const auto of_first = by_class.find(kRootClasses[0]);
  if (of_first == by_class.end()) return whole;
  for (const auto& [generation, handle] : of_first->second) {
    const bool all = std::ranges::all_of(kRootClasses, [&, number = generation](RootClass root) {
      return Find(root, number).has_value();
    });
    if (all) whole.push_back(generation);
  }
  return whole;
}

Rv DeriveUnder(const Session& session, ObjectHandle service_key, std::string_view label,
               ByteView context, MutableByteView out) {
  Bytes input;
  AppendField(input, label);
  AppendField(input, context);
  return Mac(session, service_key, input, out);
}

std::vector<std::string> Differences(const Session& session, ObjectHandle object,
                                     const AttributeList& list) {
  std::vector<std::string> names;
  for (const Attribute& wanted : list) {
    Attribute actual;
    if (!session.Read(object, wanted.type, actual).ok() || !SameAttribute(wanted, actual))
      names.push_back(AttributeName(wanted.type));
  }
  return names;
}

std::string JoinNames(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

Result<ServiceKeys> FindServiceKeys(const Session& session, const Expectation& expected) {
  const Search search(session, expected);
  ServiceKeys keys;
  const auto hmac_key = [&](std::string_view label) {
    return OneOf(search.Find(CKO_SECRET_KEY, label,
                             [&](std::uint32_t generation) {
                               return Joined(ServiceKeyMaking(label, generation), BornInToken());
                             }),
                 label);
  };
  KM_TRY(keys.integrity, hmac_key(kIntegrityLabel));
  KM_TRY(keys.seal, hmac_key(kSealLabel));
  KM_TRY(keys.audit, OneOf(search.Find(CKO_PRIVATE_KEY, kAuditLabel,
                                       [](std::uint32_t generation) {
                                         return Joined(AuditPrivateMaking(generation),
                                                       BornInToken());
                                       }),
                           kAuditLabel));
  KM_TRY(
      const ObjectHandle audit_public,
      OneOf(search.Find(CKO_PUBLIC_KEY, kAuditPublicLabel, AuditPublicMaking), kAuditPublicLabel));
  KM_TRY(keys.audit_public_key, AuditPublicKeyOf(session, audit_public));
  return keys;
}

Result<Roots> FindRoots(const Session& session, const Expectation& expected) {
  const Search search(session, expected);
  Roots roots;
  for (const RootClass root : kRootClasses) {
    KM_TRY(const ByGeneration found,
           search.Find(CKO_SECRET_KEY, RootLabel(root), [&](std::uint32_t generation) {
             return RootAsMade(root, expected.wrap, generation);
           }));
    roots.by_class[root] = OneOfEach(found, RootLabel(root));
  }
  if (!roots.generations().empty()) return roots;
  return Error{ErrorCode::kNotFound,
               "No generation of roots in the token is whole. Restore the token from its backup.",
               "no whole generation of roots"};
}

Result<KeyStoreKey> FindOrMakeKeyStoreKey(const Session& session, const Expectation& expected) {
  KM_CHECK(RefuseServiceToken(session));
  const Search search(session, expected);
  const auto find = [&] {
    return OneOf(search.Find(CKO_SECRET_KEY, kKeyStoreLabel, KeyStoreKeyAsMade), kKeyStoreLabel);
  };
  auto found = find();
  if (found) return KeyStoreKey{*found};
  if (found.error().code != ErrorCode::kNotFound) return std::move(found).error();
  const auto& refused = expected.profile.not_on_token_objects;
  ObjectHandle made;
  const Rv rv = session.GenerateKey(
      CKM_GENERIC_SECRET_KEY_GEN,
      Template(Without(ServiceKeyMaking(kKeyStoreLabel, 1), {refused.begin(), refused.end()})),
      made);
  if (!rv.ok()) return SetupError(rv, "The token makes no key");
  KM_TRY(const ObjectHandle kept, find());
  return KeyStoreKey{kept, true};
}

}  // namespace kmaas::hsm
