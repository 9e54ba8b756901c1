#include "hsm/worker/structured_arguments.h"

#include <algorithm>
#include <cstring>

#include "base/secret_bytes.h"
#include "hsm/worker/arguments.h"

namespace kmaas::hsm::worker {
namespace {

// CKA_ALLOWED_MECHANISMS is an array, too, but of plain numbers.
bool HoldsAttributes(CK_ATTRIBUTE_TYPE type) {
  return type == CKA_WRAP_TEMPLATE || type == CKA_UNWRAP_TEMPLATE ||
         type == (CKF_ARRAY_ATTRIBUTE | 0x213UL);  // CKA_DERIVE_TEMPLATE
}

const CK_ATTRIBUTE* NestedRows(const CK_ATTRIBUTE& row) {
  return static_cast<const CK_ATTRIBUTE*>(row.pValue);
}
CK_ATTRIBUTE* NestedRows(CK_ATTRIBUTE& row) { return static_cast<CK_ATTRIBUTE*>(row.pValue); }

// What the parameter of a mechanism is made of.
enum class Form : std::uint64_t { kPlain, kOaep, kAgreement, kText, kEddsa };

struct ParameterForm {
  CK_MECHANISM_TYPE mechanism;
  Form form;
  CK_ULONG size;
};
constexpr ParameterForm kForms[] = {
    {CKM_RSA_PKCS_OAEP, Form::kOaep, sizeof(CK_RSA_PKCS_OAEP_PARAMS)},
    {CKM_RSA_PKCS_PSS, Form::kPlain, sizeof(CK_RSA_PKCS_PSS_PARAMS)},
    {CKM_ECDH1_DERIVE, Form::kAgreement, sizeof(CK_ECDH1_DERIVE_PARAMS)},
    {CKM_AES_ECB_ENCRYPT_DATA, Form::kText, sizeof(CK_KEY_DERIVATION_STRING_DATA)},
    {CKM_EDDSA, Form::kEddsa, sizeof(EddsaParameters)},
    {CKM_AES_CBC, Form::kPlain, 16},
    {CKM_AES_CBC_PAD, Form::kPlain, 16},
};

const ParameterForm* FormOf(const CK_MECHANISM& mechanism) {
  for (const ParameterForm& one : kForms)
    if (one.mechanism == mechanism.mechanism && one.size == mechanism.ulParameterLen) return &one;
  return nullptr;
}

template <class Parameter>
const Parameter& ParameterOf(const CK_MECHANISM& mechanism) {
  return *static_cast<const Parameter*>(mechanism.pParameter);
}

void AskParameter(Form form, const CK_MECHANISM& mechanism, Writer& request) {
  switch (form) {
    case Form::kPlain:
      return request.Bytes(mechanism.pParameter, mechanism.ulParameterLen);
    case Form::kOaep: {
      const auto& oaep = ParameterOf<CK_RSA_PKCS_OAEP_PARAMS>(mechanism);
      request.Number(oaep.hashAlg);
      request.Number(oaep.mgf);
      request.Number(oaep.source);
      return request.Bytes(oaep.pSourceData, oaep.ulSourceDataLen);
    }
    case Form::kAgreement: {
      const auto& agreement = ParameterOf<CK_ECDH1_DERIVE_PARAMS>(mechanism);
      request.Number(agreement.kdf);
      request.Bytes(agreement.pSharedData, agreement.ulSharedDataLen);
      return request.Bytes(agreement.pPublicData, agreement.ulPublicDataLen);
    }
    case Form::kText: {
      const auto& text = ParameterOf<CK_KEY_DERIVATION_STRING_DATA>(mechanism);
      return request.Bytes(text.pData, text.ulLen);
    }
    case Form::kEddsa: {
      const auto& eddsa = ParameterOf<EddsaParameters>(mechanism);
      request.Number(eddsa.prehash);
      return request.Bytes(eddsa.context, eddsa.context_bytes);
    }
  }
}

}  // namespace

void MechanismArgument::Asked::Ask(Writer& request) const {
  request.Number(mechanism_->mechanism);
  const bool plain = mechanism_->pParameter == nullptr || mechanism_->ulParameterLen == 0;
  const ParameterForm* form = plain ? nullptr : FormOf(*mechanism_);
  if (!plain && form == nullptr) return request.Fail();
  request.Number(plain ? 0 : 1);
  if (plain) return;
  request.Number(static_cast<std::uint64_t>(form->form));
  AskParameter(form->form, *mechanism_, request);
}

void MechanismArgument::Served::Hear(Reader& request) {
  mechanism_.mechanism = request.Number();
  if (request.Number() == 0) return;
  switch (static_cast<Form>(request.Number())) {
    case Form::kPlain: {
      const MutableByteView bytes = request.Bytes();
      mechanism_.pParameter = bytes.data();
      mechanism_.ulParameterLen = bytes.size();
      return;
    }
    case Form::kOaep: {
      oaep_ = {request.Number(), request.Number(), request.Number(), nullptr, 0};
      const MutableByteView label = request.Bytes();
      if (!label.empty()) oaep_.pSourceData = label.data();
      oaep_.ulSourceDataLen = label.size();
      return Point(oaep_);
    }
    case Form::kAgreement: {
      agreement_.kdf = request.Number();
      const MutableByteView shared = request.Bytes();
      const MutableByteView peer = request.Bytes();
      if (!shared.empty()) agreement_.pSharedData = shared.data();
      agreement_.ulSharedDataLen = shared.size();
      agreement_.pPublicData = peer.data();
      agreement_.ulPublicDataLen = peer.size();
      return Point(agreement_);
    }
    case Form::kText: {
      const MutableByteView text = request.Bytes();
      text_ = {text.data(), text.size()};
      return Point(text_);
    }
    case Form::kEddsa: {
      eddsa_.prehash = request.Number() != 0 ? CK_TRUE : CK_FALSE;
      const MutableByteView context = request.Bytes();
      eddsa_.context_bytes = context.size();
      eddsa_.context = context.empty() ? nullptr : context.data();
      return Point(eddsa_);
    }
  }
  request.Fail();
}

void Given::Asked::Ask(Writer& request) const {
  if (count_ > kAttributesMax) return request.Fail();
  request.Number(count_);
  for (CK_ULONG i = 0; i < count_; ++i) {
    const CK_ATTRIBUTE& row = rows_[i];
    request.Number(row.type);
    if (!HoldsAttributes(row.type)) {
      request.Bytes(row.pValue, row.ulValueLen);
      continue;
    }
    const CK_ULONG nested = row.ulValueLen / sizeof(CK_ATTRIBUTE);
    if (nested > kAttributesMax) return request.Fail();
    request.Number(nested);
    for (CK_ULONG k = 0; k < nested; ++k) {
      request.Number(NestedRows(row)[k].type);
      request.Bytes(NestedRows(row)[k].pValue, NestedRows(row)[k].ulValueLen);
    }
  }
}

namespace {

std::size_t CountOf(Reader& request) {
  const std::uint64_t count = request.Number();
  if (count > kAttributesMax) request.Fail();
  return request.ok() ? count : 0;
}

void HearValue(Reader& request, CK_ATTRIBUTE& row) {
  const MutableByteView value = request.Bytes();
  row.pValue = value.empty() ? nullptr : value.data();
  row.ulValueLen = value.size();
}

}  // namespace

void Given::Served::Hear(Reader& request) {
  rows_.resize(CountOf(request));
  for (CK_ATTRIBUTE& row : rows_) {
    row.type = request.Number();
    if (!HoldsAttributes(row.type)) {
      HearValue(request, row);
      continue;
    }
    auto& nested = nested_.emplace_back(CountOf(request));
    for (CK_ATTRIBUTE& one : nested) {
      one.type = request.Number();
      HearValue(request, one);
    }
    row.pValue = nested.empty() ? nullptr : nested.data();
    row.ulValueLen = nested.size() * sizeof(CK_ATTRIBUTE);
  }
}

namespace {

// The values of attributes that a caller asks for: a type, whether there is room, how much.
void AskRow(const CK_ATTRIBUTE& row, Writer& request) {
  request.Number(row.type);
  request.Number(row.pValue != nullptr ? 1 : 0);
  request.Number(row.pValue != nullptr ? row.ulValueLen : 0);
}

// What is said to have been read is there whole.
void LearnRow(CK_RV rv, CK_ATTRIBUTE& row, Reader& reply) {
  const CK_ULONG size = reply.Number();
  const MutableByteView value = reply.Bytes();
  const CK_ULONG room = row.pValue != nullptr ? row.ulValueLen : 0;
  if (!IsSize(size) || value.size() > room || value.size() > size) return reply.Fail();
  if (rv == CKR_OK && row.pValue != nullptr && value.size() != size) return reply.Fail();
  if (!value.empty()) std::memcpy(row.pValue, value.data(), value.size());
  row.ulValueLen = size;
}

}  // namespace

void Sought::Asked::Ask(Writer& request) const {
  if (count_ > kAttributesMax) return request.Fail();
  request.Number(count_);
  for (CK_ULONG i = 0; i < count_; ++i) {
    AskRow(rows_[i], request);
    if (!HoldsAttributes(rows_[i].type) || rows_[i].pValue == nullptr) continue;
    const CK_ULONG nested = rows_[i].ulValueLen / sizeof(CK_ATTRIBUTE);
    if (nested > kAttributesMax) return request.Fail();
    request.Number(nested);
    for (CK_ULONG k = 0; k < nested; ++k) AskRow(NestedRows(rows_[i])[k], request);
  }
}

void Sought::Asked::Learn(CK_RV rv, Reader& reply) const {
  for (CK_ULONG i = 0; i < count_ && reply.ok(); ++i) {
    CK_ATTRIBUTE& row = rows_[i];
    if (!HoldsAttributes(row.type) || row.pValue == nullptr) {
      LearnRow(rv, row, reply);
      continue;
    }
    const CK_ULONG size = reply.Number();
    const CK_ULONG nested = row.ulValueLen / sizeof(CK_ATTRIBUTE);
    for (CK_ULONG k = 0; k < nested && reply.ok(); ++k) {
      NestedRows(row)[k].type = reply.Number();
      LearnRow(rv, NestedRows(row)[k], reply);
    }
    if (!IsSize(size)) reply.Fail();
    if (reply.ok()) row.ulValueLen = size;
  }
}

Sought::Served::~Served() {
  for (std::vector<CK_BYTE>& value : values_) WipeMemory(value.data(), value.size());
}

void Sought::Served::HearRows(Reader& request, std::vector<CK_ATTRIBUTE>& rows, bool may_nest) {
  for (CK_ATTRIBUTE& row : rows) {
    row.type = request.Number();
    const bool wanted = request.Number() != 0;
    const CK_ULONG room = request.Number();
    room_.push_back(room);
    row.ulValueLen = room;
    if (!wanted) continue;
    if (HoldsAttributes(row.type) && may_nest) {
      auto& nested = nested_.emplace_back(CountOf(request));
      if (nested.empty()) return request.Fail();
      HearRows(request, nested, false);
      row.pValue = nested.data();
      row.ulValueLen = nested.size() * sizeof(CK_ATTRIBUTE);
      continue;
    }
    // No reply holds more.
    if (room > kOutputBytesMax || (bytes_ += room) > kOutputBytesMax) return request.Fail();
    row.pValue = values_.emplace_back(room).data();
  }
}

void Sought::Served::Hear(Reader& request) {
  rows_.resize(CountOf(request));
  HearRows(request, rows_, true);
}

void Sought::Served::Answer(CK_RV /*rv*/, Writer& reply) const {
  // In the order in which room was made.
  std::size_t at = 0;
  const auto answer = [&](const CK_ATTRIBUTE& row) {
    const CK_ULONG room = room_[at++];
    const bool is_there = row.pValue != nullptr && row.ulValueLen != CK_UNAVAILABLE_INFORMATION;
    reply.Number(row.ulValueLen);
    reply.Bytes(row.pValue, is_there ? std::min(row.ulValueLen, room) : 0);
  };
  for (const CK_ATTRIBUTE& row : rows_) {
    if (!HoldsAttributes(row.type) || row.pValue == nullptr) {
      answer(row);
      continue;
    }
    ++at;
    reply.Number(row.ulValueLen);
    for (const std::vector<CK_ATTRIBUTE>& nested : nested_) {
      if (nested.data() != row.pValue) continue;
      for (const CK_ATTRIBUTE& one : nested) {
        reply.Number(one.type);
        answer(one);
      }
    }
  }
}

void Listed::Asked::Ask(Writer& request) const {
  request.Number(list_ != nullptr ? 1 : 0);
  request.Number(*count_);
}

void Listed::Asked::Learn(CK_RV rv, Reader& reply) const {
  const CK_ULONG count = reply.Number();
  const MutableByteView list = reply.Bytes();
  const CK_ULONG room = list_ != nullptr ? *count_ : 0;
  const CK_ULONG there = list.size() / sizeof(CK_ULONG);
  if (count > kListMax || there > room || there > count) return reply.Fail();
  if (rv == CKR_OK && list_ != nullptr && there != count) return reply.Fail();
  if (!list.empty()) std::memcpy(list_, list.data(), there * sizeof(CK_ULONG));
  if (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL) *count_ = count;
}

void Listed::Served::Hear(Reader& request) {
  wanted_ = request.Number() != 0;
  count_ = request.Number();
  if (!wanted_) return;
  count_ = std::min<CK_ULONG>(count_, kListMax);
  // Some modules take the pointer to an empty list for a null one.
  list_.resize(std::max<CK_ULONG>(count_, 1));
}

void Listed::Served::Answer(CK_RV rv, Writer& reply) const {
  reply.Number(count_);
  const CK_ULONG there = rv == CKR_OK && wanted_ ? std::min<CK_ULONG>(count_, list_.size()) : 0;
  reply.Bytes(list_.data(), there * sizeof(CK_ULONG));
}

void Found::Asked::Learn(CK_RV rv, Reader& reply) const {
  const MutableByteView list = reply.Bytes();
  const CK_ULONG there = list.size() / sizeof(CK_ULONG);
  if (there > room_) return reply.Fail();
  if (rv != CKR_OK) return;
  if (there > 0) std::memcpy(list_, list.data(), there * sizeof(CK_ULONG));
  *count_ = there;
}

void Found::Served::Hear(Reader& request) {
  const std::uint64_t room = request.Number();
  if (room > kListMax) return request.Fail();
  list_.resize(room);
}

void Found::Served::Answer(CK_RV rv, Writer& reply) const {
  const CK_ULONG there = rv == CKR_OK ? std::min<CK_ULONG>(count_, list_.size()) : 0;
  reply.Bytes(list_.data(), there * sizeof(CK_ULONG));
}

}  // namespace kmaas::hsm::worker
