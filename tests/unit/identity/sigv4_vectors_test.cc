// The published SigV4 vectors of awslabs/aws-c-auth, in both forms, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "identity/sigv4_canonical.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kVectorKeyId = "AKIDEXAMPLE";
constexpr std::string_view kVectorSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

std::filesystem::path VectorFolder() {
  const char* named = std::getenv("KMAAS_VECTORS");
  const std::string root = named != nullptr ? named : KMAAS_SOURCE_DIR "/../shared/vectors";
  return std::filesystem::path(root) / "sigv4";
}

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The text of a request as the vectors write it: '\n' line ends, folded header lines.
TestRequest ParseRequest(std::string_view text) {
  TestRequest request;
  const std::size_t line_end = text.find('\n');
  const std::string_view line = text.substr(0, line_end);
  const std::size_t space = line.find(' ');
  request.method = line.substr(0, space);
  request.target = line.substr(space + 1, line.rfind(" HTTP/1.1") - space - 1);
  std::string_view rest = text.substr(line_end + 1);
  while (!rest.empty() && rest.front() != '\n') {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view header = rest.substr(0, end);
    const std::size_t colon = header.find(':');
    if (header.front() == ' ') {
      request.headers.back().second.append("\n").append(header);
    } else {
      request.headers.emplace_back(header.substr(0, colon), header.substr(colon + 1));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!rest.empty()) request.body = rest.substr(1);
  return request;
}

struct VectorCase {
  std::filesystem::path folder;
  std::string form;  // "header" or "query"
  bool normalize = true;
  bool has_token = false;
  bool omits_token = false;

  std::string File(const std::string& name) const { return Read(folder / (form + "-" + name)); }
};

std::vector<VectorCase> AllCases() {
  std::vector<VectorCase> cases;
  if (!std::filesystem::is_directory(VectorFolder())) return cases;
  for (const auto& entry : std::filesystem::directory_iterator(VectorFolder())) {
    const std::string context = Read(entry.path() / "context.json");
    const auto has = [&](std::string_view text) { return context.find(text) != std::string::npos; };
    for (const char* form : {"header", "query"}) {
      cases.push_back({entry.path(), form, has("\"normalize\": true"), has("\"token\":"),
                       has("\"omit_session_token\": true")});
    }
  }
  return cases;
}

void CheckCase(const VectorCase& one) {
  SCOPED_TRACE(one.folder.filename().string() + " " + one.form);
  TestRequest request = ParseRequest(one.File("signed-request.txt"));
  const SignedRequest view = request.View();
  const auto fields = ReadSigningFields(view);
  ASSERT_TRUE(fields) << fields.error().message;
  const auto claim = ReadClaim(*fields);
  ASSERT_TRUE(claim) << claim.error().message;
  EXPECT_EQ(claim->security_token.has_value(), one.has_token);
  EXPECT_EQ(claim->presigned, one.form == "query");

  const HexDigest body_hash = ToHex(crypto::Sha256(view.body));
  std::string canonical;
  EXPECT_TRUE(AppendCanonicalRequest(canonical, view,
                                     {*fields, claim->signed_headers, AsView(body_hash),
                                      claim->presigned, one.normalize, one.omits_token}));
  EXPECT_EQ(canonical, one.File("canonical-request.txt"));
  std::string to_sign;
  AppendStringToSign(to_sign, *claim, canonical);
  EXPECT_EQ(to_sign, one.File("string-to-sign.txt"));
  const auto key = DeriveSigningKey(AsBytes(kVectorSecret), claim->scope);
  const HexDigest signature = ToHex(crypto::HmacSha256(key, AsBytes(to_sign)));
  EXPECT_EQ(AsView(signature), one.File("signature.txt"));
  EXPECT_EQ(AsView(signature), claim->signature);
}

TEST(SigV4Vectors, ComeOutByteForByteInBothForms) {
  const auto cases = AllCases();
  if (cases.empty()) GTEST_SKIP() << "no vectors in " << VectorFolder();
  EXPECT_GE(cases.size(), 2U * 37U);
  for (const VectorCase& one : cases) CheckCase(one);
}

TEST(SigV4Vectors, AreAcceptedUnlessTheyCarryAToken) {
  const auto cases = AllCases();
  if (cases.empty()) GTEST_SKIP() << "no vectors in " << VectorFolder();
  FakeCredentials credentials;
  credentials.Put(kVectorKeyId, kVectorSecret);
  fakes::ManualClock clock;
  clock.SetWall(ParseBasicTime("20150830T123600Z")->at);
  for (const VectorCase& one : cases) {
    SCOPED_TRACE(one.folder.filename().string() + " " + one.form);
    const SigV4Verifier verifier(credentials, clock,
                                 {"service", {"us-east-1"}, true, one.normalize});
    TestRequest request = ParseRequest(one.File("signed-request.txt"));
    const auto principal = verifier.Verify(request.View());
    if (!one.has_token) {
      EXPECT_TRUE(principal) << principal.error().message;
    } else {
      ASSERT_FALSE(principal);
      EXPECT_EQ(principal.error().code, ErrorCode::kUnrecognizedClient);
    }
  }
}

}  // namespace
}  // namespace kmaas::identity
