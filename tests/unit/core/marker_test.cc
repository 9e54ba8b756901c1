#include "base/encoding.h"
#include "core/call.h"
#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

using Message = google::protobuf::Message;

// Markers as an operation makes and opens them, in a call of its own.
class Marker : public testing::Test {
 protected:
  Marker() : arn_(world_.MakeKey()), other_arn_(world_.MakeKey()) {}

  template <class F>
  void Within(const std::string& operation, const Message& request, const F& run,
              const std::string& account = kAccount) {
    bool ran = false;
    world_.execute = [&](const Message& /*request*/,
                         Call& call) -> Result<std::unique_ptr<Message>> {
      run(call);
      ran = true;
      return Error{ErrorCode::kUnsupportedOperation, ""};
    };
    (void)world_.Send(operation, request, UserOf(account));
    EXPECT_TRUE(ran);
  }
  std::string Make(const std::string& after, const std::string& operation = "ListKeys",
                   const Message& request = kms::ListKeysRequest()) {
    std::string marker;
    Within(operation, request, [&](Call& call) { marker = call.MarkerFor(after); });
    return marker;
  }
  std::string Open(const std::string& marker, const std::string& operation = "ListKeys",
                   const Message& request = kms::ListKeysRequest(),
                   const std::string& account = kAccount) {
    std::string outcome;
    const auto run = [&](Call& call) {
      const Result<std::string> opened = call.OpenMarker(marker);
      outcome = opened ? *opened : "refused";
      EXPECT_TRUE(opened || opened.error().code == ErrorCode::kInvalidMarker);
    };
    Within(operation, request, run, account);
    return outcome;
  }
  static kms::ListAliasesRequest AliasesOf(const std::string& arn) {
    kms::ListAliasesRequest request;
    if (!arn.empty()) request.set_key_id(arn);
    return request;
  }

  World world_;
  std::string arn_;
  std::string other_arn_;
};

TEST_F(Marker, LeadsOnFromWhereItWasMade) {
  for (const std::string& after : {std::string(), std::string("a/b/c"), std::string("\0\xff", 2)})
    EXPECT_EQ(Open(Make(after)), after);
}

TEST_F(Marker, HoldsForOneOperation) {
  EXPECT_EQ(Open(Make("a"), "ListAliases", AliasesOf("")), "refused");
}

TEST_F(Marker, HoldsForOneAccount) {
  EXPECT_EQ(Open(Make("a"), "ListKeys", kms::ListKeysRequest(), kOtherAccount), "refused");
}

TEST_F(Marker, HoldsForOneKey) {
  const std::string marker = Make("a", "ListAliases", AliasesOf(arn_));
  EXPECT_EQ(Open(marker, "ListAliases", AliasesOf(arn_)), "a");
  EXPECT_EQ(Open(marker, "ListAliases", AliasesOf(other_arn_)), "refused");
  EXPECT_EQ(Open(marker, "ListAliases", AliasesOf("")), "refused");
}

TEST_F(Marker, HoldsForOneRegion) {
  const std::string marker = Make("a");
  world_.services.region = "eu-west-1";
  EXPECT_EQ(Open(marker), "refused");
}

TEST_F(Marker, HoldsForOneServer) {
  World other("the key of another server");
  std::string marker;
  other.execute = [&](const Message& /*request*/, Call& call) -> Result<std::unique_ptr<Message>> {
    marker = call.MarkerFor("a");
    return Error{ErrorCode::kUnsupportedOperation, ""};
  };
  (void)other.Send("ListKeys", kms::ListKeysRequest());
  EXPECT_EQ(Open(marker), "refused");
}

TEST_F(Marker, RefusesEveryFlippedBit) {
  std::string bytes;
  ASSERT_TRUE(Base64Decode(Make("after"), bytes));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1U << bit));
      EXPECT_EQ(Open(Base64Encode(AsBytes(changed))), "refused") << at << " " << bit;
    }
  }
}

TEST_F(Marker, RefusesEveryTruncation) {
  const std::string marker = Make("after");
  for (std::size_t size = 0; size < marker.size(); ++size)
    EXPECT_EQ(Open(marker.substr(0, size)), "refused") << size;
}

TEST_F(Marker, RefusesWhatIsNoMarker) {
  for (const char* text : {"", "x", "not base64!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_EQ(Open(text), "refused") << text;
}

}  // namespace
}  // namespace kmaas::core
