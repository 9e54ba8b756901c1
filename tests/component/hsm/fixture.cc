// Tokens, engines and intruders.
#include "tests/component/hsm/fixture.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::hsm {

CeremonyOptions CeremonyOn(const fakes::SoftToken& token) {
  return {.module_path = token.module_path(),
          .token_label = token.label(),
          .so_pin = Secret(token.so_pin()),
          .user_pin = Secret(token.user_pin())};
}

EngineOptions EngineOn(const fakes::SoftToken& token) {
  return {.module_path = token.module_path(),
          .token_label = token.label(),
          .user_pin = Secret(token.user_pin()),
          .recovery_interval = std::chrono::milliseconds(0)};
}

domain::MaterialId NextId() {
  static std::atomic<std::uint32_t> next = 0;
  domain::MaterialId id;
  id.bits.fill(0xc5);
  Bytes number;
  AppendU32(number, ++next);
  std::copy(number.begin(), number.end(), id.bits.begin());
  return id;
}

domain::KeyMaterial Generate(ports::CryptoEngine& engine, domain::Custody custody) {
  const ports::MaterialPlan plan{.custody = custody, .id = NextId()};
  auto made = engine.GenerateMaterial(plan, Deadline::Never());
  EXPECT_TRUE(made) << made.error().detail;
  return ports::MaterialOf(plan, made ? *std::move(made) : ports::GeneratedMaterial());
}

domain::KeyMaterial ResidentMaterial(const domain::MaterialId& id) {
  domain::KeyMaterial material;
  material.id = id;
  material.custody = domain::Custody::kResident;
  material.length_bytes = 32;
  return material;
}

Bytes Mac(ports::CryptoEngine& engine, const domain::KeyMaterial& material,
          std::string_view input) {
  auto key = engine.DeriveMessageKey(material, AsBytes(input), Deadline::Never());
  EXPECT_TRUE(key) << key.error().detail;
  return key ? ToBytes(key->view()) : Bytes();
}

std::optional<ErrorCode> MacError(ports::CryptoEngine& engine,
                                  const domain::KeyMaterial& material) {
  auto key = engine.DeriveMessageKey(material, AsBytes("input"), Deadline::Never());
  if (key) return std::nullopt;
  return key.error().code;
}

Intruder::Intruder(const fakes::SoftToken& token, Module module)
    : library_(Must(Library::Load(token.module_path(), ""))) {
  if (module == Module::kOwn && !library_->Initialize()) std::abort();
  token_ = Must(Token::Find(library_, {token.label(), ""}));
  session_ = Open();
  const Rv rv = session_.Login(Role::kUser, AsBytes(token.user_pin()));
  if (!rv.ok()) std::abort();
}

Intruder::~Intruder() {
  session_.Close();
  token_.reset();
}

Session Intruder::Open() const {
  Session session;
  if (!Session::Open(token_, session).ok()) std::abort();
  return session;
}

std::vector<ObjectHandle> Intruder::Find(const AttributeList& pattern) const {
  std::vector<ObjectHandle> found;
  const Rv rv = session_.FindAll(Template(pattern), found);
  EXPECT_EQ(rv.code, CKR_OK);
  return found;
}

ObjectHandle Intruder::FindOnly(const AttributeList& pattern) const {
  const auto found = Find(pattern);
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? ObjectHandle() : found[0];
}

// Every test has a token of its own, all from one ceremony: SoftHSM's files are the token.
HsmTest::HsmTest() {
  namespace fs = std::filesystem;
  static const fakes::TemporaryDirectory original;
  const fs::path files = original.File("tokens");
  if (fs::exists(files)) {
    fs::remove_all(token_.token_directory());
    fs::copy(files, token_.token_directory(), fs::copy_options::recursive);
    return;
  }
  Must(MakeServiceKeys(CeremonyOn(token_)));
  fs::copy(token_.token_directory(), files, fs::copy_options::recursive);
}

Engine& HsmTest::Open(EngineOptions options) {
  engine_.reset();
  engine_ = Must(Engine::Open(std::move(options), clock_));
  return *engine_;
}

}  // namespace kmaas::hsm
