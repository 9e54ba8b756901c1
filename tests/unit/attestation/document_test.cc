#include "attestation/document.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "tests/fakes/cbor_writer.h"

namespace kmaas::attestation {
namespace {

using fakes::CborWriter;

using Member = std::function<void(CborWriter&)>;
using Members = std::vector<std::pair<std::string, Member>>;

Member Text(std::string text) {
  return [text = std::move(text)](CborWriter& out) { out.Text(text); };
}
Member Content(std::size_t size) {
  return [size](CborWriter& out) { out.ByteString(Bytes(size, 1)); };
}
Member Number(std::uint64_t value) {
  return [value](CborWriter& out) { out.Unsigned(value); };
}
Member Registers(const std::vector<std::pair<std::uint64_t, std::size_t>>& registers) {
  return [registers](CborWriter& out) {
    out.Map(registers.size());
    for (const auto& [index, size] : registers) out.Unsigned(index).ByteString(Bytes(size, 2));
  };
}
Member Certificates(const std::vector<std::size_t>& sizes) {
  return [sizes](CborWriter& out) {
    out.Array(sizes.size());
    for (const std::size_t size : sizes) out.ByteString(Bytes(size, 3));
  };
}
// Arrays within each other.
Member Nested(std::size_t depth) {
  return [depth](CborWriter& out) {
    for (std::size_t i = 0; i < depth; ++i) out.Array(1);
    out.Unsigned(0);
  };
}

Members Whole() {
  return {{"module_id", Text("i-0")},  {"digest", Text("SHA384")},
          {"timestamp", Number(1)},    {"pcrs", Registers({{0, 48}})},
          {"certificate", Content(1)}, {"cabundle", Certificates({1})},
          {"public_key", Content(10)}};
}
Members With(const std::string& name, const Member& member) {
  Members members = Whole();
  for (auto& [each, value] : members) {
    if (each != name) continue;
    value = member;
    return members;
  }
  members.emplace_back(name, member);
  return members;
}
bool IsRead(const Members& members, bool indefinite = false) {
  CborWriter out;
  if (indefinite) {
    out.Raw(0xbf);
  } else {
    out.Map(members.size());
  }
  for (const auto& [name, member] : members) member(out.Text(name));
  if (indefinite) out.Raw(0xff);
  return Document::Parse(out.bytes()).has_value();
}

TEST(AttestationDocument, IsReadWhenItIsWhole) {
  EXPECT_TRUE(IsRead(Whole()));
  EXPECT_FALSE(Document::Parse({}));
}

TEST(AttestationDocument, NeedsEachMemberButTheKey) {
  for (std::size_t i = 0; i < Whole().size(); ++i) {
    Members members = Whole();
    const std::string name = members[i].first;
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(IsRead(members), name == "public_key") << name;
  }
}

TEST(AttestationDocument, HasNoMemberTwice) {
  for (const auto& doubled : Whole()) {
    Members members = Whole();
    members.push_back(doubled);
    EXPECT_FALSE(IsRead(members)) << doubled.first;
  }
  EXPECT_FALSE(IsRead(With("nitrotpm_pcrs", Registers({{0, 48}}))));
}

TEST(AttestationDocument, HasNoMemberOfAnotherType) {
  for (const auto& [name, value] : Whole()) EXPECT_FALSE(IsRead(With(name, Nested(1)))) << name;
}

TEST(AttestationDocument, KeepsItsMembersWithinBounds) {
  EXPECT_FALSE(IsRead(With("module_id", Text(""))));
  EXPECT_FALSE(IsRead(With("module_id", Text("a\nb"))));
  EXPECT_FALSE(IsRead(With("module_id", Text(std::string(257, 'a')))));
  EXPECT_FALSE(IsRead(With("digest", Text("SHA256"))));
  EXPECT_FALSE(IsRead(With("timestamp", Number(0))));
  EXPECT_FALSE(IsRead(With("timestamp", Number(std::uint64_t{1} << 63U))));
  EXPECT_FALSE(IsRead(With("certificate", Content(0))));
  EXPECT_TRUE(IsRead(With("certificate", Content(4096))));
  EXPECT_FALSE(IsRead(With("certificate", Content(4097))));
  EXPECT_FALSE(IsRead(With("cabundle", Certificates({}))));
  EXPECT_FALSE(IsRead(With("cabundle", Certificates(std::vector<std::size_t>(17, 1)))));
  EXPECT_FALSE(IsRead(With("public_key", Content(1025))));
  EXPECT_FALSE(IsRead(With("nonce", Content(1025))));
}

TEST(AttestationDocument, KeepsItsRegistersWithinBounds) {
  EXPECT_TRUE(IsRead(With("pcrs", Registers({{0, 48}, {31, 48}}))));
  EXPECT_FALSE(IsRead(With("pcrs", Registers({}))));
  EXPECT_FALSE(IsRead(With("pcrs", Registers({{32, 48}}))));
  EXPECT_FALSE(IsRead(With("pcrs", Registers({{0, 32}}))));
  EXPECT_FALSE(IsRead(With("pcrs", Registers({{0, 48}, {0, 48}}))));
  Members tpm = Whole();
  tpm[3] = {"nitrotpm_pcrs", Registers({{23, 48}})};
  EXPECT_TRUE(IsRead(tpm));
  tpm[3] = {"nitrotpm_pcrs", Registers({{24, 48}})};
  EXPECT_FALSE(IsRead(tpm));
}

TEST(AttestationDocument, MayHaveMembersThatNobodyKnowsYet) {
  EXPECT_TRUE(IsRead(With("new", Text("x"))));
  EXPECT_TRUE(IsRead(With("new", Nested(4))));
  EXPECT_FALSE(IsRead(With("new", Nested(5))));
  EXPECT_FALSE(IsRead(With("new", Nested(100'000))));
}

TEST(AttestationDocument, DoesNotBelieveALengthThatIsNotThere) {
  for (const std::uint64_t length :
       {std::uint64_t{2}, std::uint64_t{1} << 40U, ~std::uint64_t{0}}) {
    EXPECT_FALSE(Document::Parse(CborWriter().Map(length).Text("a").bytes()));
    EXPECT_FALSE(IsRead(With("new", [&](CborWriter& out) { out.Array(length); })));
    EXPECT_FALSE(IsRead(With("new", [&](CborWriter& out) { out.Map(length); })));
  }
}

// AWS writes the document itself so.
TEST(AttestationDocument, MayEndItsMapsAndArraysByABreak) {
  EXPECT_TRUE(IsRead(Whole(), true));
  EXPECT_TRUE(IsRead(With(
      "pcrs", [](CborWriter& out) { out.Raw(0xbf).Unsigned(0).ByteString(Bytes(48)).Raw(0xff); })));
  EXPECT_TRUE(IsRead(
      With("cabundle", [](CborWriter& out) { out.Raw(0x9f).ByteString(Bytes(1)).Raw(0xff); })));
  EXPECT_TRUE(IsRead(With("new", [](CborWriter& out) {
    out.Raw(0x9f).Raw(0xbf).Unsigned(0).Array(0).Raw(0xff).Raw(0xff);
  })));
}

TEST(AttestationDocument, HasNoBreakWhereNoneBelongs) {
  EXPECT_FALSE(IsRead(With("pcrs", [](CborWriter& out) { out.Raw(0xbf).Raw(0xff); })));
  EXPECT_FALSE(IsRead(With("cabundle", [](CborWriter& out) { out.Raw(0x9f).Raw(0xff); })));
  EXPECT_FALSE(IsRead(With("new", [](CborWriter& out) { out.Raw(0xff); })));
  EXPECT_FALSE(IsRead(With("new", [](CborWriter& out) { out.Array(1).Raw(0xff); })));
  // A key without its value.
  EXPECT_FALSE(IsRead(With("new", [](CborWriter& out) { out.Raw(0xbf).Unsigned(0).Raw(0xff); })));
  // No end at all.
  EXPECT_FALSE(Document::Parse(CborWriter().Raw(0xbf).bytes()));
  EXPECT_FALSE(IsRead(With("new", [](CborWriter& out) {
    for (int i = 0; i < 100'000; ++i) out.Raw(0x9f);
  })));
  // Strings in pieces, and heads that nobody defined.
  for (const std::uint8_t head : std::to_array<std::uint8_t>({0x5f, 0x7f, 0x1c, 0xfc, 0xdf}))
    EXPECT_FALSE(IsRead(With("new", [&](CborWriter& out) { out.Raw(head).Raw(0xff); })));
}

}  // namespace
}  // namespace kmaas::attestation
