// An audit record as an Encrypt leaves it.
#pragma once

#include <string>

#include "ports/audit_sink.h"

namespace kmaas::fakes {

inline ports::AuditRecord SampleRecord(const std::string& event_id) {
  ports::AuditRecord record;
  record.event_id = event_id;
  record.request_id = "6a1e0c3d-2f4b-4c58-9d11-3b7f0f2e9a10";
  record.time = WallTime(std::chrono::milliseconds(1'795'521'600'000));
  record.event_source = "kms.amazonaws.com";
  record.event_name = "Encrypt";
  record.region = "eu-central-1";
  record.principal = domain::Principal{
      domain::PrincipalType::kIamUser, "111122223333", "arn:aws:iam::111122223333:user/alice",
      "AIDACKCEVSQ6C2EXAMPLE",         "alice",        "AKIAIOSFODNN7EXAMPLE"};
  record.source_address = "192.0.2.7";
  record.user_agent = "aws-cli/2.9.19 Python/3.11.2";
  record.tls_version = "TLSv1.3";
  record.tls_cipher = "TLS_AES_128_GCM_SHA256";
  record.request_parameters_json =
      R"({"keyId":"alias/app","encryptionAlgorithm":"SYMMETRIC_DEFAULT"})";
  record.response_elements_json = "null";
  record.deciding_statement = "account boundary";
  record.custody = "wrapped";
  record.resources = {{"111122223333",
                       "arn:aws:kms:eu-central-1:111122223333:key/"
                       "1234abcd-12ab-34cd-56ef-1234567890ab"}};
  return record;
}

}  // namespace kmaas::fakes
