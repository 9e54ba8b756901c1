// Signature verification of arbitrary requests: the first line is the target, header lines follow,
// the body comes after an empty line. No input is ever accepted: nobody here can sign.
#include <cstdlib>
#include <memory>
#include <vector>

#include "identity/sigv4.h"
#include "tests/fakes/manual_clock.h"

namespace {

class OneKey final : public kmaas::ports::CredentialSource {
 public:
  OneKey() {
    auto key = std::make_shared<kmaas::ports::AccessKey>();
    key->id = "AKIAIOSFODNN7EXAMPLE";
    key->secret = kmaas::SecretBytes(kmaas::AsBytes("a secret that no input holds: 8f3a"));
    key_ = std::move(key);
  }
  kmaas::Result<std::shared_ptr<const kmaas::ports::AccessKey>> FindAccessKey(
      std::string_view id) override {
    return id == key_->id ? key_ : std::shared_ptr<const kmaas::ports::AccessKey>();
  }
  kmaas::Result<std::optional<kmaas::domain::Principal>> FindPrincipal(
      std::string_view /*arn*/) override {
    return std::optional<kmaas::domain::Principal>();
  }

 private:
  std::shared_ptr<const kmaas::ports::AccessKey> key_;
};

std::string_view TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static OneKey credentials;
  static const kmaas::fakes::ManualClock clock;
  static const kmaas::identity::SigV4Verifier verifier(credentials, clock,
                                                       {"kms", {"eu-central-1"}, true, true});
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view target = TakeLine(rest);
  std::vector<kmaas::identity::HeaderView> headers;
  for (std::string_view line = TakeLine(rest); !line.empty(); line = TakeLine(rest)) {
    const std::size_t colon = line.find(':');
    headers.push_back({line.substr(0, colon), colon == std::string_view::npos
                                                  ? std::string_view()
                                                  : line.substr(colon + 1)});
  }
  const kmaas::identity::SignedRequest request{"POST", target, headers, kmaas::AsBytes(rest)};
  if (verifier.Verify(request)) std::abort();
  (void)kmaas::identity::ClaimedAccessKeyId(request);
  return 0;
}
