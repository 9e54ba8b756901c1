// PKCS#11 attributes as values: built in order, compared, lowered to CK_ATTRIBUTE for a call.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "hsm/cryptoki.h"

namespace kmaas::hsm {

// `nested` is the value of CKA_UNWRAP_TEMPLATE and its like; all others have `value`. No secret
// ever stands in one, except the known throw-away keys of the probes. (Session::CreateSecret.)
struct Attribute {
  CK_ATTRIBUTE_TYPE type = 0;
  Bytes value;
  std::vector<Attribute> nested;
};

// The order is kept: SoftHSM wants CKA_MODIFIABLE=0 last when it unwraps or copies.
using AttributeList = std::vector<Attribute>;

Attribute Is(CK_ATTRIBUTE_TYPE type);     // CK_TRUE
Attribute IsNot(CK_ATTRIBUTE_TYPE type);  // CK_FALSE
Attribute Number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
Attribute Raw(CK_ATTRIBUTE_TYPE type, ByteView value);
Attribute Text(CK_ATTRIBUTE_TYPE type, std::string_view value);
Attribute AllowedMechanisms(std::initializer_list<CK_MECHANISM_TYPE> mechanisms);
Attribute Nested(CK_ATTRIBUTE_TYPE type, AttributeList list);

// `list` with the attributes of `more` behind it.
AttributeList Joined(AttributeList list, const AttributeList& more);
// `list` without the attributes of these types, in nested lists too.
AttributeList Without(AttributeList list, const std::vector<CK_ATTRIBUTE_TYPE>& types);
const Attribute* FindAttribute(const AttributeList& list, CK_ATTRIBUTE_TYPE type);
// Same type and value; nested lists in any order, lists of mechanisms in any order.
bool SameAttribute(const Attribute& a, const Attribute& b);
std::string AttributeName(CK_ATTRIBUTE_TYPE type);

// The C form of a list. Owns everything that it points to; not copyable, because of the pointers.
class Template {
 public:
  explicit Template(AttributeList list);
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  // Modules take it as non-const and leave it as it is.
  CK_ATTRIBUTE* data() const { return rows_.empty() ? nullptr : rows_.data(); }
  CK_ULONG size() const { return rows_.size(); }

 private:
  AttributeList list_;
  std::vector<std::vector<CK_ATTRIBUTE>> nested_rows_;
  mutable std::vector<CK_ATTRIBUTE> rows_;
};

}  // namespace kmaas::hsm
