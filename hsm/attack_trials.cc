// The attacks. Row numbers are those of tests/component/hsm/attack_table_test.cc.
#include "hsm/attack_trials.h"

#include "hsm/errors.h"
#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "hsm/scoped_object.h"

namespace kmaas::hsm {
namespace {

// What the attacker may make for itself: a key that wraps and decrypts.
AttributeList OwnWrappingKey() {
  return {Number(CKA_CLASS, CKO_SECRET_KEY),
          Number(CKA_KEY_TYPE, CKK_AES),
          Number(CKA_VALUE_LEN, 32),
          IsNot(CKA_TOKEN),
          Is(CKA_PRIVATE),
          Is(CKA_WRAP),
          Is(CKA_UNWRAP),
          Is(CKA_ENCRYPT),
          Is(CKA_DECRYPT)};
}

const KeyPlan& SigningPlan() {
  return *FindPlan(domain::KeySpec::kEccNistP256, domain::KeyUsage::kSignVerify);
}

// The template of a loaded key with some attributes changed, MODIFIABLE still last.
AttributeList LoadingWith(const KeyPlan& plan, const AttributeList& changed) {
  AttributeList list = Loading(plan);
  for (Attribute& row : list)
    if (const Attribute* other = FindAttribute(changed, row.type)) row = *other;
  return list;
}

// Codes that say no, in PKCS#11's words.
bool Refuses(Rv rv) {
  switch (rv.code) {
    case CKR_ACTION_PROHIBITED:
    case CKR_ATTRIBUTE_READ_ONLY:
    case CKR_ATTRIBUTE_SENSITIVE:
    case CKR_ATTRIBUTE_TYPE_INVALID:
    case CKR_ATTRIBUTE_VALUE_INVALID:
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
    case CKR_KEY_NOT_WRAPPABLE:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_UNEXTRACTABLE:
    case CKR_MECHANISM_INVALID:
    case CKR_TEMPLATE_INCONSISTENT:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_WRAPPING_KEY_TYPE_INCONSISTENT:
      return true;
    default:
      return false;
  }
}

// Notes what came of each attack, and cleans up behind it.
class Notes {
 public:
  explicit Notes(const Session& session) : session_(session) {}

  template <class Attack>
  void Note(int row, const char* what, const Attack& attack) {
    ScopedObject made(session_);
    const Rv rv = attack(made.handle);
    outcomes_.push_back({row, what, Refuses(rv), Describe(rv)});
  }
  // For what no attribute stops: the key of another class opens nothing, or nothing that parses.
  template <class Attack>
  void NoteFailing(int row, const char* what, const Attack& attack) {
    ScopedObject made(session_);
    const Rv rv = attack(made.handle);
    outcomes_.push_back({row, what, !rv.ok(), Describe(rv)});
  }
  void NoteBroken(Rv rv) { Add({0, "use the keys as designed", false, Describe(rv)}); }
  void Add(AttackOutcome outcome) { outcomes_.push_back(std::move(outcome)); }
  std::vector<AttackOutcome> Take() { return std::move(outcomes_); }

 private:
  const Session& session_;
  std::vector<AttackOutcome> outcomes_;
};

class Attacker {
 public:
  Attacker(const Session& session, const AttackTarget& target, Notes& notes)
      : session_(session), target_(target), notes_(notes), own_(session), victim_(session) {}

  void TryAll() {
    if (!SetUp()) return;
    Note(1, "wrap a key under an own key", [&](ObjectHandle& /*made*/) {
      Bytes blob;
      return session_.Wrap(target_.wrap, own_.handle, victim_.handle, blob);
    });
    TryUnwrapping();
    TryWeakeningTheRoot();
    Note(7, "give a loaded key another right", [&](ObjectHandle& made) {
      const Rv rv = Unwrap({}, made);
      return rv.ok() ? session_.Set(made, Template({Is(CKA_DECRYPT)})) : rv;
    });
    Note(8, "wrap under the root by CBC", [&](ObjectHandle& /*made*/) {
      Bytes blob;
      return session_.WrapByCbc(target_.root, victim_.handle, blob);
    });
    TryTheRootItself();
    TryDestroying();
    Note(13, "make an own trusted key", [&](ObjectHandle& made) {
      return session_.GenerateKey(CKM_AES_KEY_GEN,
                                  Template(Joined(OwnWrappingKey(), {Is(CKA_TRUSTED)})), made);
    });
  }

 private:
  // A refusal only counts when the same thing, done properly, works.
  bool SetUp() {
    ScopedObject loaded(session_);
    Rv rv = session_.GenerateKey(CKM_AES_KEY_GEN, Template(OwnWrappingKey()), own_.handle);
    if (rv.ok())
      rv = session_.GenerateKey(BackingKeyPlan().generate, Template(Making(BackingKeyPlan())),
                                victim_.handle);
    if (rv.ok()) rv = session_.Wrap(target_.wrap, target_.root, victim_.handle, blob_);
    if (rv.ok()) rv = Unwrap({}, loaded.handle);
    if (!rv.ok()) notes_.NoteBroken(rv);
    return rv.ok();
  }

  template <class Attack>
  void Note(int row, const char* what, const Attack& attack) {
    notes_.Note(row, what, attack);
  }

  Rv Unwrap(const AttributeList& changed, ObjectHandle& made) const {
    return session_.Unwrap(target_.wrap, target_.root, blob_,
                           Template(LoadingWith(BackingKeyPlan(), changed)), made);
  }

  void TryUnwrapping() {
    Note(3, "unwrap a blob as a readable key",
         [&](ObjectHandle& made) { return Unwrap({IsNot(CKA_SENSITIVE)}, made); });
    Note(4, "unwrap a blob as a key that anybody may wrap", [&](ObjectHandle& made) {
      return Unwrap({Is(CKA_EXTRACTABLE), IsNot(CKA_WRAP_WITH_TRUSTED)}, made);
    });
    Note(5, "unwrap a MAC key as a decryption key", [&](ObjectHandle& made) {
      return Unwrap({Number(CKA_KEY_TYPE, CKK_AES), Is(CKA_DECRYPT)}, made);
    });
    Note(9, "unwrap a blob into a token object",
         [&](ObjectHandle& made) { return Unwrap({Is(CKA_TOKEN)}, made); });
  }

  void TryWeakeningTheRoot() {
    Note(6, "let the root decrypt",
         [&](ObjectHandle& /*made*/) { return session_.DecryptInit(CKM_AES_ECB, target_.root); });
    Note(6, "let a copy of the root decrypt", [&](ObjectHandle& made) {
      return session_.Copy(target_.root, Template({IsNot(CKA_TOKEN), Is(CKA_DECRYPT)}), made);
    });
    if (!Claims(target_.root, IsNot(CKA_MODIFIABLE), 6, "give the root another right")) return;
    Note(6, "give the root another right", [&](ObjectHandle& /*made*/) {
      return session_.Set(target_.root, Template({Is(CKA_DECRYPT)}));
    });
  }

  void TryTheRootItself() {
    Note(10, "derive a readable key from the root", [&](ObjectHandle& made) {
      const Template readable({Number(CKA_CLASS, CKO_SECRET_KEY),
                               Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET), Number(CKA_VALUE_LEN, 32),
                               IsNot(CKA_TOKEN), IsNot(CKA_SENSITIVE), Is(CKA_EXTRACTABLE)});
      return session_.DeriveByEncryption(target_.root, readable, made);
    });
    Note(11, "wrap the root", [&](ObjectHandle& /*made*/) {
      Bytes blob;
      return session_.Wrap(target_.wrap, own_.handle, target_.root, blob);
    });
  }

  void TryDestroying() {
    for (const ObjectHandle key : target_.lasting) {
      if (!Claims(key, IsNot(CKA_DESTROYABLE), 12, "destroy a key that shall last")) continue;
      Note(12, "destroy a key that shall last",
           [&](ObjectHandle& /*made*/) { return session_.Destroy(key); });
    }
  }

  // True when the token says that it forbids what comes next; else that counts as a success.
  bool Claims(ObjectHandle key, const Attribute& claim, int row, const char* what) {
    Attribute actual;
    if (session_.Read(key, claim.type, actual).ok() && SameAttribute(claim, actual)) return true;
    notes_.Add({row, what, false, "not tried: " + AttributeName(claim.type) + " is not 0"});
    return false;
  }

  const Session& session_;
  const AttackTarget& target_;
  Notes& notes_;
  ScopedObject own_;
  ScopedObject victim_;
  Bytes blob_;
};

// The same for a private key under the root of signing keys.
class PrivateKeyAttacker {
 public:
  PrivateKeyAttacker(const Session& session, const AttackTarget& target, Notes& notes)
      : session_(session),
        target_(target),
        notes_(notes),
        public_half_(session),
        victim_(session) {}

  void TryAll() {
    if (!SetUp()) return;
    notes_.Note(1, "wrap a private key under an own key", [&](ObjectHandle& own) {
      Bytes blob;
      const Rv rv = session_.GenerateKey(CKM_AES_KEY_GEN, Template(OwnWrappingKey()), own);
      return rv.ok() ? session_.Wrap(target_.wrap, own, victim_.handle, blob) : rv;
    });
    NoteUnwrapping(3, "unwrap a private key as a readable one", {IsNot(CKA_SENSITIVE)});
    NoteUnwrapping(4, "unwrap a private key as one that anybody may wrap",
                   {Is(CKA_EXTRACTABLE), IsNot(CKA_WRAP_WITH_TRUSTED)});
    NoteUnwrapping(9, "unwrap a private key into a token object", {Is(CKA_TOKEN)});
    for (const CK_ATTRIBUTE_TYPE right : {CKA_DECRYPT, CKA_DERIVE, CKA_UNWRAP})
      NoteUnwrapping(15, "unwrap a signing key with another right", {Is(right)});
    notes_.Note(15, "unwrap a signing key as a secret one", [&](ObjectHandle& made) {
      return Unwrap(target_.sign_root, blob_, Loading(BackingKeyPlan()), made);
    });
    TryOtherBlobs();
  }

 private:
  bool SetUp() {
    ScopedObject loaded(session_);
    const KeyPlan& plan = SigningPlan();
    Session::KeyPair pair;
    Rv rv = session_.GenerateKeyPair(plan.generate, Template(PublicMaking(plan)),
                                     Template(Making(plan)), pair);
    public_half_.handle = pair.public_key;
    victim_.handle = pair.private_key;
    if (rv.ok()) rv = session_.Wrap(target_.wrap, target_.sign_root, victim_.handle, blob_);
    if (rv.ok()) rv = Unwrap(target_.sign_root, blob_, Loading(plan), loaded.handle);
    if (!rv.ok()) notes_.NoteBroken(rv);
    return rv.ok();
  }

  void TryOtherBlobs() {
    notes_.NoteFailing(19, "unwrap a secret as a private key", [&](ObjectHandle& made) {
      ScopedObject secret(session_);
      Bytes blob;
      Rv rv = session_.GenerateKey(BackingKeyPlan().generate, Template(Making(BackingKeyPlan())),
                                   secret.handle);
      if (rv.ok()) rv = session_.Wrap(target_.wrap, target_.sign_root, secret.handle, blob);
      return rv.ok() ? Unwrap(target_.sign_root, blob, Loading(SigningPlan()), made) : rv;
    });
    notes_.NoteFailing(19, "open a private key by the root of backing keys",
                       [&](ObjectHandle& made) {
                         return Unwrap(target_.root, blob_, Loading(BackingKeyPlan()), made);
                       });
  }

  void NoteUnwrapping(int row, const char* what, const AttributeList& changed) {
    notes_.Note(row, what, [&](ObjectHandle& made) {
      return Unwrap(target_.sign_root, blob_, LoadingWith(SigningPlan(), changed), made);
    });
  }
  Rv Unwrap(ObjectHandle root, const Bytes& blob, const AttributeList& list,
            ObjectHandle& made) const {
    return session_.Unwrap(target_.wrap, root, blob, Template(list), made);
  }

  const Session& session_;
  const AttackTarget& target_;
  Notes& notes_;
  ScopedObject public_half_;
  ScopedObject victim_;
  Bytes blob_;
};

}  // namespace

std::vector<AttackOutcome> TryAttacks(const Session& session, const AttackTarget& target) {
  Notes notes(session);
  Attacker(session, target, notes).TryAll();
  if (target.sign_root != ObjectHandle()) PrivateKeyAttacker(session, target, notes).TryAll();
  return notes.Take();
}

}  // namespace kmaas::hsm
