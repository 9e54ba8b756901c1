// Sessions: opening, closing, and the C_ functions with their conventions unpacked.
#include "hsm/session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kmaas::hsm {
namespace {

// PKCS#11 takes inputs as non-const pointers and does not write to them. To some modules a null one
// is no input at all, however long it is said to be.
CK_BYTE* In(ByteView bytes) {
  static CK_BYTE nothing = 0;
  return bytes.empty() ? &nothing : const_cast<CK_BYTE*>(bytes.data());
}

// An RSA-4096 private key takes 2,384 bytes.
constexpr std::size_t kWrappedBytesMax = 4096;
constexpr std::size_t kFoundMax = std::size_t{1} << 20U;

CK_MECHANISM Lowered(const Mechanism& mechanism) {
  return {mechanism.type, const_cast<void*>(mechanism.parameter), mechanism.parameter_bytes};
}

constexpr bool IsNestedType(CK_ATTRIBUTE_TYPE type) {
  return type == CKA_UNWRAP_TEMPLATE || type == CKA_WRAP_TEMPLATE;
}

}  // namespace

Rv Session::Open(const std::shared_ptr<Token>& token, Session& out) {
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  const Rv rv{token->api().C_OpenSession(token->slot().value, CKF_SERIAL_SESSION | CKF_RW_SESSION,
                                         nullptr, nullptr, &handle),
              "C_OpenSession"};
  if (!rv.ok()) return rv;
  out.Close();
  out.token_ = token;
  out.api_ = &token->api();
  out.epoch_ = token->library()->epoch();
  out.handle_ = SessionHandle{handle};
  return rv;
}

Session::Session(Session&& other) noexcept
    : token_(std::move(other.token_)),
      api_(other.api_),
      epoch_(other.epoch_),
      handle_(std::exchange(other.handle_, SessionHandle{})) {}

Session& Session::operator=(Session&& other) noexcept {
  if (this == &other) return *this;
  Close();
  token_ = std::move(other.token_);
  api_ = other.api_;
  epoch_ = other.epoch_;
  handle_ = std::exchange(other.handle_, SessionHandle{});
  return *this;
}

void Session::Close() {
  if (!open()) return;
  if (token_->library()->epoch() == epoch_) (void)api().C_CloseSession(handle_.value);
  handle_ = SessionHandle{};
}

Rv Session::LoginFirst(Role role, ByteView pin) const {
  return {
      api().C_Login(handle_.value, role == Role::kUser ? CKU_USER : CKU_SO, In(pin), pin.size()),
      "C_Login"};
}

Rv Session::Login(Role role, ByteView pin) const {
  Rv rv = LoginFirst(role, pin);
  if (rv.code == CKR_USER_ALREADY_LOGGED_IN) rv.code = CKR_OK;
  return rv;
}

Rv Session::Logout() const { return {api().C_Logout(handle_.value), "C_Logout"}; }

Rv Session::FindAll(const Template& pattern, std::vector<ObjectHandle>& found) const {
  Rv rv{api().C_FindObjectsInit(handle_.value, pattern.data(), pattern.size()),
        "C_FindObjectsInit"};
  if (!rv.ok()) return rv;
  std::array<CK_OBJECT_HANDLE, 64> batch{};
  CK_ULONG count = 0;
  do {
    rv = {api().C_FindObjects(handle_.value, batch.data(), batch.size(), &count), "C_FindObjects"};
    if (!rv.ok()) break;
    for (CK_ULONG i = 0; i < count; ++i) found.push_back(ObjectHandle{batch[i]});
    // A module that never comes to an end, whatever is wrong with it.
    if (found.size() > kFoundMax) rv = {CKR_GENERAL_ERROR, "C_FindObjects"};
    if (!rv.ok()) break;
  } while (count == batch.size());
  const Rv final{api().C_FindObjectsFinal(handle_.value), "C_FindObjectsFinal"};
  return rv.ok() ? final : rv;
}

Rv Session::Read(ObjectHandle object, CK_ATTRIBUTE_TYPE type, Attribute& out) const {
  out = Attribute{type, {}, {}};
  CK_ATTRIBUTE row{type, nullptr, 0};
  Rv rv{api().C_GetAttributeValue(handle_.value, object.value, &row, 1), "C_GetAttributeValue"};
  if (!rv.ok()) return rv;
  if (row.ulValueLen == CK_UNAVAILABLE_INFORMATION)
    return {CKR_ATTRIBUTE_TYPE_INVALID, rv.function};
  if (IsNestedType(type)) return ReadNested(object, type, row.ulValueLen, out);
  out.value.resize(row.ulValueLen);
  row.pValue = out.value.data();
  rv.code = api().C_GetAttributeValue(handle_.value, object.value, &row, 1);
  if (rv.ok()) out.value.resize(std::min<std::size_t>(out.value.size(), row.ulValueLen));
  return rv;
}

// Three rounds: how many attributes, how long each, their values.
Rv Session::ReadNested(ObjectHandle object, CK_ATTRIBUTE_TYPE type, CK_ULONG size,
                       Attribute& out) const {
  std::vector<CK_ATTRIBUTE> rows(size / sizeof(CK_ATTRIBUTE));
  CK_ATTRIBUTE outer{type, rows.data(), rows.size() * sizeof(CK_ATTRIBUTE)};
  if (rows.empty()) return {CKR_OK, "C_GetAttributeValue"};
  Rv rv{api().C_GetAttributeValue(handle_.value, object.value, &outer, 1), "C_GetAttributeValue"};
  if (!rv.ok()) return rv;
  for (CK_ATTRIBUTE& row : rows) {
    Attribute& attribute = out.nested.emplace_back();
    attribute.type = row.type;
    attribute.value.resize(row.ulValueLen == CK_UNAVAILABLE_INFORMATION ? 0 : row.ulValueLen);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].pValue = out.nested[i].value.data();
    rows[i].ulValueLen = out.nested[i].value.size();
  }
  outer.ulValueLen = rows.size() * sizeof(CK_ATTRIBUTE);
  rv.code = api().C_GetAttributeValue(handle_.value, object.value, &outer, 1);
  return rv;
}

Rv Session::ReadSecret(ObjectHandle object, SecretBytes& out) const {
  CK_ATTRIBUTE row{CKA_VALUE, nullptr, 0};
  Rv rv{api().C_GetAttributeValue(handle_.value, object.value, &row, 1), "C_GetAttributeValue"};
  if (!rv.ok()) return rv;
  if (row.ulValueLen == CK_UNAVAILABLE_INFORMATION) return {CKR_ATTRIBUTE_SENSITIVE, rv.function};
  SecretBytes value(row.ulValueLen);
  row.pValue = value.span().data();
  rv.code = api().C_GetAttributeValue(handle_.value, object.value, &row, 1);
  if (rv.ok() && row.ulValueLen != value.size()) rv.code = kWrongAnswer;
  if (rv.ok()) out = std::move(value);
  return rv;
}

Rv Session::Set(ObjectHandle object, const Template& attributes) const {
  return {
      api().C_SetAttributeValue(handle_.value, object.value, attributes.data(), attributes.size()),
      "C_SetAttributeValue"};
}

Rv Session::Create(const Template& attributes, ObjectHandle& out) const {
  return {api().C_CreateObject(handle_.value, attributes.data(), attributes.size(), &out.value),
          "C_CreateObject"};
}

Rv Session::CreateSecret(const Template& attributes, ByteView value, ObjectHandle& out) const {
  std::vector<CK_ATTRIBUTE> rows(attributes.data(), attributes.data() + attributes.size());
  rows.push_back({CKA_VALUE, In(value), value.size()});
  return {api().C_CreateObject(handle_.value, rows.data(), rows.size(), &out.value),
          "C_CreateObject"};
}

Rv Session::Copy(ObjectHandle source, const Template& attributes, ObjectHandle& out) const {
  return {api().C_CopyObject(handle_.value, source.value, attributes.data(), attributes.size(),
                             &out.value),
          "C_CopyObject"};
}

Rv Session::Destroy(ObjectHandle object) const {
  return {api().C_DestroyObject(handle_.value, object.value), "C_DestroyObject"};
}

Rv Session::GenerateKey(CK_MECHANISM_TYPE mechanism, const Template& attributes,
                        ObjectHandle& out) const {
  CK_MECHANISM how{mechanism, nullptr, 0};
  return {
      api().C_GenerateKey(handle_.value, &how, attributes.data(), attributes.size(), &out.value),
      "C_GenerateKey"};
}

Rv Session::GenerateKeyPair(CK_MECHANISM_TYPE mechanism, const Template& public_attributes,
                            const Template& private_attributes, KeyPair& out) const {
  CK_MECHANISM how{mechanism, nullptr, 0};
  return {api().C_GenerateKeyPair(handle_.value, &how, public_attributes.data(),
                                  public_attributes.size(), private_attributes.data(),
                                  private_attributes.size(), &out.public_key.value,
                                  &out.private_key.value),
          "C_GenerateKeyPair"};
}

Rv Session::Wrap(CK_MECHANISM_TYPE mechanism, ObjectHandle wrapping_key, ObjectHandle key,
                 Bytes& out) const {
  CK_MECHANISM how{mechanism, nullptr, 0};
  // Not asked for its length first: NSS cannot tell for RFC 5649, SoftHSM wraps twice.
  out.resize(kWrappedBytesMax);
  CK_ULONG size = out.size();
  const Rv rv{
      api().C_WrapKey(handle_.value, &how, wrapping_key.value, key.value, out.data(), &size),
      "C_WrapKey"};
  out.resize(rv.ok() ? std::min<std::size_t>(out.size(), size) : 0);
  return rv;
}

Rv Session::Unwrap(const Mechanism& mechanism, ObjectHandle unwrapping_key, ByteView blob,
                   const Template& attributes, ObjectHandle& out) const {
  CK_MECHANISM how = Lowered(mechanism);
  return {api().C_UnwrapKey(handle_.value, &how, unwrapping_key.value, In(blob), blob.size(),
                            attributes.data(), attributes.size(), &out.value),
          "C_UnwrapKey"};
}

Rv Session::Sign(const Mechanism& mechanism, ObjectHandle key, ByteView data, MutableByteView out,
                 std::size_t& written) const {
  CK_MECHANISM how = Lowered(mechanism);
  Rv rv{api().C_SignInit(handle_.value, &how, key.value), "C_SignInit"};
  if (!rv.ok()) return rv;
  CK_ULONG size = out.size();
  rv = {api().C_Sign(handle_.value, In(data), data.size(), out.data(), &size), "C_Sign"};
  written = std::min<std::size_t>(size, out.size());
  return rv;
}

Rv Session::Verify(const Mechanism& mechanism, ObjectHandle key, ByteView data,
                   ByteView tag) const {
  CK_MECHANISM how = Lowered(mechanism);
  const Rv rv{api().C_VerifyInit(handle_.value, &how, key.value), "C_VerifyInit"};
  if (!rv.ok()) return rv;
  return {api().C_Verify(handle_.value, In(data), data.size(), In(tag), tag.size()), "C_Verify"};
}

Rv Session::Decrypt(const Mechanism& mechanism, ObjectHandle key, ByteView data,
                    MutableByteView out, std::size_t& written) const {
  CK_MECHANISM how = Lowered(mechanism);
  Rv rv{api().C_DecryptInit(handle_.value, &how, key.value), "C_DecryptInit"};
  if (!rv.ok()) return rv;
  CK_ULONG size = out.size();
  rv = {api().C_Decrypt(handle_.value, In(data), data.size(), out.data(), &size), "C_Decrypt"};
  written = std::min<std::size_t>(size, out.size());
  return rv;
}

Rv Session::Derive(const Mechanism& mechanism, ObjectHandle key, const Template& attributes,
                   ObjectHandle& out) const {
  CK_MECHANISM how = Lowered(mechanism);
  return {api().C_DeriveKey(handle_.value, &how, key.value, attributes.data(), attributes.size(),
                            &out.value),
          "C_DeriveKey"};
}

Rv Session::Random(MutableByteView out) const {
  return {api().C_GenerateRandom(handle_.value, out.data(), out.size()), "C_GenerateRandom"};
}

}  // namespace kmaas::hsm
