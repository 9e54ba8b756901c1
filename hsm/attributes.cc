// Attribute lists and their C form.
#include "hsm/attributes.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace kmaas::hsm {
namespace {

struct NamedType {
  CK_ATTRIBUTE_TYPE type;
  const char* name;
};

constexpr NamedType kNames[] = {
    {CKA_CLASS, "CKA_CLASS"},
    {CKA_KEY_TYPE, "CKA_KEY_TYPE"},
    {CKA_LABEL, "CKA_LABEL"},
    {CKA_ID, "CKA_ID"},
    {CKA_TOKEN, "CKA_TOKEN"},
    {CKA_PRIVATE, "CKA_PRIVATE"},
    {CKA_TRUSTED, "CKA_TRUSTED"},
    {CKA_SENSITIVE, "CKA_SENSITIVE"},
    {CKA_EXTRACTABLE, "CKA_EXTRACTABLE"},
    {CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE"},
    {CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE"},
    {CKA_LOCAL, "CKA_LOCAL"},
    {CKA_WRAP_WITH_TRUSTED, "CKA_WRAP_WITH_TRUSTED"},
    {CKA_ENCRYPT, "CKA_ENCRYPT"},
    {CKA_DECRYPT, "CKA_DECRYPT"},
    {CKA_SIGN, "CKA_SIGN"},
    {CKA_SIGN_RECOVER, "CKA_SIGN_RECOVER"},
    {CKA_VERIFY, "CKA_VERIFY"},
    {CKA_VERIFY_RECOVER, "CKA_VERIFY_RECOVER"},
    {CKA_WRAP, "CKA_WRAP"},
    {CKA_UNWRAP, "CKA_UNWRAP"},
    {CKA_DERIVE, "CKA_DERIVE"},
    {CKA_COPYABLE, "CKA_COPYABLE"},
    {CKA_DESTROYABLE, "CKA_DESTROYABLE"},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE"},
    {CKA_VALUE_LEN, "CKA_VALUE_LEN"},
    {CKA_ALLOWED_MECHANISMS, "CKA_ALLOWED_MECHANISMS"},
    {CKA_UNWRAP_TEMPLATE, "CKA_UNWRAP_TEMPLATE"},
    {CKA_EC_PARAMS, "CKA_EC_PARAMS"},
    {CKA_EC_POINT, "CKA_EC_POINT"},
    {CKA_MODULUS, "CKA_MODULUS"},
    {CKA_PUBLIC_EXPONENT, "CKA_PUBLIC_EXPONENT"},
};

template <class T>
Bytes BytesOf(const T& value) {
  Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

Attribute Boolean(CK_ATTRIBUTE_TYPE type, CK_BBOOL value) { return {type, Bytes{value}, {}}; }

std::vector<CK_MECHANISM_TYPE> SortedMechanisms(const Bytes& value) {
  std::vector<CK_MECHANISM_TYPE> mechanisms(value.size() / sizeof(CK_MECHANISM_TYPE));
  if (!mechanisms.empty())
    std::memcpy(mechanisms.data(), value.data(), mechanisms.size() * sizeof(CK_MECHANISM_TYPE));
  std::sort(mechanisms.begin(), mechanisms.end());
  return mechanisms;
}

CK_ATTRIBUTE Row(Attribute& attribute) {
  return {attribute.type, attribute.value.data(), attribute.value.size()};
}

}  // namespace

Attribute Is(CK_ATTRIBUTE_TYPE type) { return Boolean(type, CK_TRUE); }
Attribute IsNot(CK_ATTRIBUTE_TYPE type) { return Boolean(type, CK_FALSE); }
Attribute Number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) { return {type, BytesOf(value), {}}; }
Attribute Raw(CK_ATTRIBUTE_TYPE type, ByteView value) { return {type, ToBytes(value), {}}; }
Attribute Text(CK_ATTRIBUTE_TYPE type, std::string_view value) { return Raw(type, AsBytes(value)); }

Attribute AllowedMechanisms(std::initializer_list<CK_MECHANISM_TYPE> mechanisms) {
  Attribute attribute{CKA_ALLOWED_MECHANISMS, {}, {}};
  for (const CK_MECHANISM_TYPE mechanism : mechanisms) Append(attribute.value, BytesOf(mechanism));
  return attribute;
}

Attribute Nested(CK_ATTRIBUTE_TYPE type, AttributeList list) { return {type, {}, std::move(list)}; }

AttributeList Joined(AttributeList list, const AttributeList& more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

AttributeList Without(AttributeList list, const std::vector<CK_ATTRIBUTE_TYPE>& types) {
  std::erase_if(list, [&](const Attribute& attribute) {
    return std::find(types.begin(), types.end(), attribute.type) != types.end();
  });
  for (Attribute& attribute : list)
    if (!attribute.nested.empty()) attribute.nested = Without(std::move(attribute.nested), types);
  return list;
}

const Attribute* FindAttribute(const AttributeList& list, CK_ATTRIBUTE_TYPE type) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [type](const Attribute& row) { return row.type == type; });
  return found == list.end() ? nullptr : &*found;
}

bool SameAttribute(const Attribute& a, const Attribute& b) {
  if (a.type != b.type || a.nested.size() != b.nested.size()) return false;
  if (a.type == CKA_ALLOWED_MECHANISMS)
    return SortedMechanisms(a.value) == SortedMechanisms(b.value);
  return a.value == b.value &&
         std::all_of(a.nested.begin(), a.nested.end(), [&](const Attribute& row) {
           const Attribute* other = FindAttribute(b.nested, row.type);
           return other != nullptr && SameAttribute(row, *other);
         });
}

std::string AttributeName(CK_ATTRIBUTE_TYPE type) {
  for (const NamedType& row : kNames)
    if (row.type == type) return row.name;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "CKA_0x%08lx", type);
  return text.data();
}

Template::Template(AttributeList list) : list_(std::move(list)) {
  nested_rows_.reserve(list_.size());
  for (Attribute& attribute : list_) {
    if (attribute.nested.empty()) {
      rows_.push_back(Row(attribute));
      continue;
    }
    auto& inner = nested_rows_.emplace_back();
    for (Attribute& row : attribute.nested) inner.push_back(Row(row));
    rows_.push_back({attribute.type, inner.data(), inner.size() * sizeof(CK_ATTRIBUTE)});
  }
}

}  // namespace kmaas::hsm
