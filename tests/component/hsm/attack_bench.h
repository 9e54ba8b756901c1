// The bench on which the attacks of the table are tried: roots made by the ceremony, roots made
// badly on purpose, and an attacker with a logged-in session and without the officer's PIN.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "tests/component/hsm/fixture.h"

namespace kmaas::hsm {

class AttackBench : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  AttackBench() : session_(intruder().Open()) {}

  static const Intruder& intruder() { return *bench_->intruder; }
  static const CK_FUNCTION_LIST& api() { return intruder().api(); }
  const Session& session() const { return session_; }
  static std::string module_path() { return bench_->token.module_path(); }

  // As the ceremony made it; to last.
  static ObjectHandle Root(RootClass root);
  static ObjectHandle Root() { return Root(RootClass::kMac); }
  // Trusted as well, but without an unwrap template, without a list of mechanisms, destroyable,
  // modifiable. One for each test.
  ObjectHandle WeakRoot() const;
  // Like the ceremony's, but modifiable.
  ObjectHandle ModifiableRoot() const;
  // Trusted, and its value is known: what officer and user can do together.
  static ObjectHandle KnownRoot() { return bench_->known_root; }
  static Bytes KnownRootValue() { return Bytes(32, 0x6b); }

  // An AES key of the attacker's own with every right that it can have, and its value.
  ObjectHandle OwnKey() const;
  static Bytes OwnKeyValue() { return Bytes(32, 0x0a); }
  // A backing key as the engine makes it, with some attributes changed.
  ObjectHandle Victim(const AttributeList& changed = {}) const;
  Bytes Blob(ObjectHandle root, ObjectHandle key) const;
  // The template of a loaded backing key with some attributes changed.
  static AttributeList Loading(const AttributeList& changed);
  // Opens `blob` as a backing key with some attributes changed.
  std::string Unwrap(ObjectHandle root, const Bytes& blob, const AttributeList& changed,
                     ObjectHandle* made = nullptr) const;
  Bytes Tag(ObjectHandle key) const;
  // A P-256 private key that the sign root may guard.
  ObjectHandle SigningKey() const;
  // A private key of the plan as the engine makes it.
  ObjectHandle PrivateKey(const KeyPlan& plan) const;
  static AttributeList LoadingPrivate(RootClass root, const AttributeList& changed = {});
  std::string UnwrapAs(ObjectHandle root, const Bytes& blob, const AttributeList& list,
                       ObjectHandle* made = nullptr) const;

  // Return codes without their prefix, as in the table.
  static std::string Code(Rv rv) { return Code(rv.code); }
  static std::string Code(CK_RV rv);

 private:
  struct Bench {
    fakes::SoftToken token = fakes::SoftToken::Create();
    std::shared_ptr<Library> library;
    std::unique_ptr<Intruder> intruder;
    ObjectHandle weak_root;
    ObjectHandle modifiable_root;
    ObjectHandle known_root;
  };
  static std::unique_ptr<Bench> bench_;

  Session session_;  // what a test makes goes with it
};

}  // namespace kmaas::hsm
