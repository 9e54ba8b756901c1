// Setting up the bench.
#include "tests/component/hsm/attack_bench.h"

#include <algorithm>

#include "hsm/errors.h"
#include "hsm/known_answers.h"

namespace kmaas::hsm {
namespace {

constexpr CK_MECHANISM_TYPE kWrap = CKM_AES_KEY_WRAP_PAD;
// secp256r1.
constexpr std::uint8_t kP256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

void Need(Rv rv) {
  if (rv.ok()) return;
  std::fprintf(stderr, "attack bench: %s\n", Describe(rv).c_str());
  std::exit(1);
}

AttributeList Changed(AttributeList list, const AttributeList& changed) {
  for (Attribute& row : list)
    if (const Attribute* other = FindAttribute(changed, row.type)) row = *other;
  return list;
}

AttributeList RootByOfficer() { return RootMaking(RootClass::kMac, kWrap, RootLife::kLasting); }

}  // namespace

std::unique_ptr<AttackBench::Bench> AttackBench::bench_;

void AttackBench::SetUpTestSuite() {
  bench_ = std::make_unique<Bench>();
  CeremonyOptions ceremony = CeremonyOn(bench_->token);
  ceremony.lasting_roots = true;
  Must(MakeServiceKeys(std::move(ceremony)));
  bench_->library = Must(Library::Load(bench_->token.module_path(), ""));
  Must(bench_->library->Initialize());
  // The officer's originals live as long as this session; what the user keeps are copies.
  Session officer;
  auto token = Must(Token::Find(bench_->library, {bench_->token.label(), ""}));
  Need(Session::Open(token, officer));
  Need(officer.Login(Role::kOfficer, AsBytes(bench_->token.so_pin())));
  const AttributeList weak =
      Without(RootByOfficer(), {CKA_UNWRAP_TEMPLATE, CKA_ALLOWED_MECHANISMS, CKA_DESTROYABLE});
  ObjectHandle originals[3];
  Need(officer.GenerateKey(CKM_AES_KEY_GEN, Template(weak), originals[0]));
  Need(officer.GenerateKey(CKM_AES_KEY_GEN, Template(RootByOfficer()), originals[1]));
  Need(officer.Create(
      Template(Joined(Without(weak, {CKA_VALUE_LEN}), {Raw(CKA_VALUE, KnownRootValue())})),
      originals[2]));
  Session between;
  Need(Session::Open(token, between));
  Need(officer.Logout());
  bench_->intruder = std::make_unique<Intruder>(bench_->token, Intruder::Module::kShared);
  const Template kept({IsNot(CKA_TOKEN), Is(CKA_PRIVATE)});
  const Session& user = intruder().session();
  Need(user.Copy(originals[0], kept, bench_->weak_root));
  Need(user.Copy(originals[1], kept, bench_->modifiable_root));
  Need(user.Copy(originals[2], kept, bench_->known_root));
}

void AttackBench::TearDownTestSuite() {
  bench_->intruder.reset();
  bench_->library->Finalize();
  bench_.reset();
}

ObjectHandle AttackBench::Root(RootClass root) {
  return intruder().FindOnly(TokenObjects(CKO_SECRET_KEY, RootLabel(root)));
}

ObjectHandle AttackBench::WeakRoot() const {
  ObjectHandle copy;
  Need(session_.Copy(bench_->weak_root, Template({IsNot(CKA_TOKEN)}), copy));
  return copy;
}

ObjectHandle AttackBench::ModifiableRoot() const {
  ObjectHandle copy;
  Need(session_.Copy(bench_->modifiable_root, Template({IsNot(CKA_TOKEN)}), copy));
  return copy;
}

ObjectHandle AttackBench::OwnKey() const {
  ObjectHandle made;
  Need(session_.Create(Template({Number(CKA_CLASS, CKO_SECRET_KEY), Number(CKA_KEY_TYPE, CKK_AES),
                                 Raw(CKA_VALUE, OwnKeyValue()), IsNot(CKA_TOKEN), Is(CKA_PRIVATE),
                                 Is(CKA_WRAP), Is(CKA_UNWRAP), Is(CKA_ENCRYPT), Is(CKA_DECRYPT),
                                 Is(CKA_DERIVE), Is(CKA_EXTRACTABLE), IsNot(CKA_SENSITIVE)}),
                       made));
  return made;
}

ObjectHandle AttackBench::Victim(const AttributeList& changed) const {
  ObjectHandle made;
  const KeyPlan& plan = BackingKeyPlan();
  Need(session_.GenerateKey(plan.generate, Template(Changed(Making(plan), changed)), made));
  return made;
}

Bytes AttackBench::Blob(ObjectHandle root, ObjectHandle key) const {
  Bytes blob;
  Need(session_.Wrap(kWrap, root, key, blob));
  return blob;
}

AttributeList AttackBench::Loading(const AttributeList& changed) {
  return Changed(hsm::Loading(BackingKeyPlan()), changed);
}

std::string AttackBench::Unwrap(ObjectHandle root, const Bytes& blob, const AttributeList& changed,
                                ObjectHandle* made) const {
  return UnwrapAs(root, blob, Loading(changed), made);
}

std::string AttackBench::UnwrapAs(ObjectHandle root, const Bytes& blob, const AttributeList& list,
                                  ObjectHandle* made) const {
  ObjectHandle ignored;
  return Code(
      session_.Unwrap(kWrap, root, blob, Template(list), made == nullptr ? ignored : *made));
}

Bytes AttackBench::Tag(ObjectHandle key) const {
  Bytes tag(32);
  const Rv rv = Mac(session_, key, AsBytes("input"), tag);
  EXPECT_EQ(Code(rv), "OK");
  return tag;
}

ObjectHandle AttackBench::SigningKey() const {
  Session::KeyPair pair;
  Need(session_.GenerateKeyPair(
      CKM_EC_KEY_PAIR_GEN,
      Template({Raw(CKA_EC_PARAMS, kP256), IsNot(CKA_TOKEN), IsNot(CKA_PRIVATE), Is(CKA_VERIFY)}),
      Template({IsNot(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_SENSITIVE), Is(CKA_EXTRACTABLE),
                Is(CKA_WRAP_WITH_TRUSTED), Is(CKA_SIGN), IsNot(CKA_DECRYPT), IsNot(CKA_DERIVE),
                IsNot(CKA_UNWRAP)}),
      pair));
  return pair.private_key;
}

ObjectHandle AttackBench::PrivateKey(const KeyPlan& plan) const {
  Session::KeyPair pair;
  Need(session_.GenerateKeyPair(plan.generate, Template(PublicMaking(plan)), Template(Making(plan)),
                                pair));
  return pair.private_key;
}

AttributeList AttackBench::LoadingPrivate(RootClass root, const AttributeList& changed) {
  AttributeList list{Number(CKA_KEY_TYPE, CKK_EC), IsNot(CKA_EXTRACTABLE)};
  return Changed(Joined(std::move(list), UnwrapRule(root)), changed);
}

std::string AttackBench::Code(CK_RV rv) { return ReturnCodeName(rv).substr(4); }

}  // namespace kmaas::hsm
