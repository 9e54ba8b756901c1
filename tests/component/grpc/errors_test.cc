#include "base/encoding.h"
#include "base/limits.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/component/grpc/fixture.h"

namespace kmaas::grpc_front {
namespace {

namespace kms = ::kmaas::kms::v1;
using ::grpc::StatusCode;

class GrpcErrors : public GrpcTest {
 protected:
  GrpcErrors() { Start(); }
  std::size_t records() const { return core.audit.records().size(); }
  ports::AuditRecord last() const { return core.audit.records().back(); }
};

kms::EncryptRequest EncryptUnder(const std::string& key) {
  kms::EncryptRequest request;
  request.set_key_id(key);
  request.set_plaintext("p");
  return request;
}

TEST_F(GrpcErrors, CarryCodeTextNameAndRequestId) {
  const std::string key = "11111111-2222-4333-8444-555555555555";
  const Reply reply = ConnectAsAdministrator().Send("Encrypt", EncryptUnder(key));
  EXPECT_EQ(reply.status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(reply.status.error_message(), last().error_message);
  EXPECT_NE(reply.status.error_message().find(key), std::string::npos);
  EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "NotFoundException");
  EXPECT_EQ(reply.Trailer("x-amzn-requestid"), last().request_id);
  EXPECT_EQ(reply.trailers.count("x-amzn-requestid"), 1U);
  EXPECT_EQ(last().error_code, "NotFoundException");
}

TEST_F(GrpcErrors, UseTheCodeOfTheErrorTable) {
  Client client = ConnectAsAdministrator();
  const std::string key = core.MakeKey();
  kms::DisableKeyRequest disable;
  disable.set_key_id(key);
  ASSERT_TRUE(client.Send("DisableKey", disable).status.ok());
  const Reply disabled = client.Send("Encrypt", EncryptUnder(key));
  EXPECT_EQ(disabled.status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(disabled.Trailer("x-amzn-errortype"), "DisabledException");
  const Reply foreign =
      client.Send("Encrypt", EncryptUnder("arn:aws:kms:eu-central-1:999999999999:key/"
                                          "11111111-2222-4333-8444-555555555555"));
  EXPECT_EQ(foreign.status.error_code(), StatusCode::PERMISSION_DENIED);
  const Reply empty = client.Send("Encrypt", kms::EncryptRequest());
  EXPECT_EQ(empty.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(empty.Trailer("x-amzn-errortype"), "ValidationException");
}

TEST_F(GrpcErrors, AnInternalErrorShowsNothingOfItsCause) {
  core.audit.FailAll(true);
  const Reply reply = ConnectAsAdministrator().Send("ListKeys", kms::ListKeysRequest());
  EXPECT_EQ(reply.status.error_code(), StatusCode::INTERNAL);
  EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "KMSInternalException");
  EXPECT_EQ(reply.status.error_message(),
            "The request was rejected because an internal exception occurred. The request can be "
            "retried.");
  EXPECT_TRUE(reply.bytes.empty());
}

TEST_F(GrpcErrors, AMessageLongerThanMetadataMayBeIsCutAtACharacter) {
  // One of the two begins its characters of two bytes at an odd place.
  for (std::string key : {"x", "xx"}) {
    for (int i = 0; i < 1020; ++i) key += "\xc3\xa9";
    const Reply reply = ConnectAsAdministrator().Send("Encrypt", EncryptUnder(key));
    const std::string message = reply.status.error_message();
    EXPECT_EQ(reply.status.error_code(), StatusCode::NOT_FOUND);
    EXPECT_GT(last().error_message.size(), 2048U) << "the case does not fit any more";
    EXPECT_LE(message.size(), 2048U);
    EXPECT_GE(message.size(), 2047U);
    EXPECT_TRUE(IsUtf8(message));
    EXPECT_EQ(last().error_message.rfind(message, 0), 0U);
  }
}

TEST_F(GrpcErrors, AnUnknownMethodIsUnimplementedForThoseWhoMayAsk) {
  for (const char* path : {"/kmaas.kms.v1.KeyManagementService/Nothing", "/another.Service/Encrypt",
                           "/kmaas.kms.v1.KeyManagementService/Encrypt/", "/"}) {
    const Reply reply = ConnectAsAdministrator().Call(path, "");
    EXPECT_EQ(reply.status.error_code(), StatusCode::UNIMPLEMENTED) << path;
    EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "UnknownOperationException") << path;
    EXPECT_EQ(last().event_name, path);
    EXPECT_TRUE(last().principal) << path;
    EXPECT_EQ(ConnectAnonymously().Call(path, "").status.error_code(), StatusCode::UNAUTHENTICATED);
    EXPECT_EQ(last().event_name, path);
  }
  EXPECT_EQ(records(), 8U);
}

TEST_F(GrpcErrors, BytesThatAreNoMessageAreASerializationError) {
  kms::EncryptRequest request = EncryptUnder("a");
  const std::string good = request.SerializeAsString();
  const std::string bad_utf8 = std::string("\x0a\x02\xff\xfe", 4);
  for (const std::string& bytes : {good.substr(0, good.size() - 1), std::string("\xff\xff\xff"),
                                   bad_utf8, std::string(100, '\x0b')}) {
    const Reply reply = ConnectAsAdministrator().Call(std::string(kService) + "Encrypt", bytes);
    EXPECT_EQ(reply.status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "SerializationException");
    EXPECT_EQ(last().error_code, "SerializationException");
  }
  EXPECT_EQ(records(), 4U);
}

TEST_F(GrpcErrors, AnEmptyMessageIsARequestWithoutMembers) {
  EXPECT_TRUE(ConnectAsAdministrator().Call(std::string(kService) + "ListKeys", "").status.ok());
}

TEST_F(GrpcErrors, AMessageOverTheLimitIsNotRead) {
  Client client = ConnectAsAdministrator();
  const std::string method = std::string(kService) + "Encrypt";
  const Reply over = client.Call(method, std::string(limits::kRequestBodyBytesMax + 1, 'a'));
  EXPECT_EQ(over.status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(records(), 0U);
  const Reply at = client.Call(method, std::string(limits::kRequestBodyBytesMax, 'a'));
  EXPECT_EQ(at.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(records(), 1U);
}

TEST_F(GrpcErrors, MetadataOverTheLimitEndTheConnectionAndNotTheServer) {
  const Adjust much = [](::grpc::ClientContext& context) {
    context.AddMetadata("x-much", std::string(limits::kRequestMetadataBytesMax + 1, 'a'));
  };
  EXPECT_FALSE(ConnectAsAdministrator().Send("ListKeys", kms::ListKeysRequest(), much).status.ok());
  EXPECT_EQ(records(), 0U);
  EXPECT_TRUE(ConnectAsAdministrator().Send("ListKeys", kms::ListKeysRequest()).status.ok());
}

TEST_F(GrpcErrors, ACompressedMessageIsRefused) {
  const std::string zeros(limits::kRequestBodyBytesMax - 1, '\0');
  for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    const Adjust compress = [algorithm](::grpc::ClientContext& context) {
      context.set_compression_algorithm(algorithm);
    };
    const Reply reply =
        ConnectAsAdministrator().Call(std::string(kService) + "Encrypt", zeros, compress);
    EXPECT_EQ(reply.status.error_code(), StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "");
  }
  EXPECT_EQ(records(), 0U);
}

TEST_F(GrpcErrors, AStreamWithoutAMessageIsNoCall) {
  const Reply reply = ConnectAsAdministrator().Stream(std::string(kService) + "ListKeys", "", 0);
  EXPECT_EQ(reply.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(records(), 0U);
}

TEST_F(GrpcErrors, AStreamOfSeveralMessagesIsAnsweredOnceForTheFirst) {
  const Reply reply = ConnectAsAdministrator().Stream(std::string(kService) + "ListKeys", "", 3);
  EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_EQ(records(), 1U);
}

}  // namespace
}  // namespace kmaas::grpc_front
