#include "tests/campaigns/disks/script.h"

#include <algorithm>

#include "policy/default_key_policy.h"
#include "records/every_row.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::campaigns {
namespace {

// Of looks, which no ledger has.
constexpr std::uint64_t kFirstLook = 1'000'000;
constexpr std::chrono::hours kWindow{8 * 24};
// Of a fact: the caller does not know what it will be.
constexpr char kAny[] = "*";

template <class Request>
Request On(const std::string& arn) {
  Request request;
  request.set_key_id(arn);
  return request;
}

template <class Response>
const Response& As(const Result<core::WipedMessage>& reply) {
  return static_cast<const Response&>(**reply);
}

}  // namespace

const std::string& Script::Newest(std::size_t before) const {
  static const std::string none;
  return keys_.size() > before ? keys_[keys_.size() - 1 - before] : none;
}

Result<core::WipedMessage> Script::Call(Server& server, const std::string& operation,
                                        const google::protobuf::Message& request) {
  return server.Send(++calls_, operation, request);
}

Result<void> Script::Change(Server& server, const std::string& operation,
                            const google::protobuf::Message& request, const std::string& fact,
                            const std::string& value) {
  if (!fact.empty()) ledger_.Asked(now_(), fact, value);
  const std::uint64_t call = calls_ + 1;
  const auto reply = Call(server, operation, request);
  if (!reply) return reply.error();
  if (!fact.empty()) ledger_.Acknowledged(now_(), fact, value);
  ledger_.Answered(now_(), call);
  return {};
}

Result<void> Script::MakeKey(Server& server) {
  kms::CreateKeyRequest request;
  request.set_description("key " + std::to_string(calls_));
  const std::uint64_t call = calls_ + 1;
  const auto reply = Call(server, "CreateKey", request);
  if (!reply) return reply.error();
  const std::string arn = As<kms::CreateKeyResponse>(reply).key_metadata().arn();
  keys_.push_back(arn);
  ledger_.Acknowledged(now_(), "description " + arn, request.description());
  ledger_.Acknowledged(now_(), "state " + arn, "Enabled");
  ledger_.Answered(now_(), call);
  return Cipher(server);
}

Result<void> Script::Cipher(Server& server) {
  if (Newest().empty()) return {};
  auto request = On<kms::EncryptRequest>(Newest());
  request.set_plaintext("plaintext " + std::to_string(calls_));
  const auto reply = Call(server, "Encrypt", request);
  if (!reply) return reply.error();
  sealed_.push_back(
      {Newest(), As<kms::EncryptResponse>(reply).ciphertext_blob(), request.plaintext()});
  ledger_.Acknowledged(now_(), "message " + std::to_string(sealed_.size() - 1),
                       request.plaintext());
  return {};
}

Result<void> Script::Import(Server& server, std::size_t part) {
  if (part == 0) {
    kms::CreateKeyRequest request;
    request.set_origin("EXTERNAL");
    importing_.clear();
    import_token_.clear();
    const std::uint64_t call = calls_ + 1;
    const auto reply = Call(server, "CreateKey", request);
    if (!reply) return reply.error();
    importing_ = As<kms::CreateKeyResponse>(reply).key_metadata().arn();
    ledger_.Acknowledged(now_(), "state " + importing_, "PendingImport");
    ledger_.Answered(now_(), call);
    return {};
  }
  if (importing_.empty()) return {};
  if (part == 1) {
    auto request = On<kms::GetParametersForImportRequest>(importing_);
    request.set_wrapping_algorithm("RSAES_OAEP_SHA_256");
    request.set_wrapping_key_spec("RSA_2048");
    const auto reply = Call(server, "GetParametersForImport", request);
    if (!reply) return reply.error();
    import_token_ = As<kms::GetParametersForImportResponse>(reply).import_token();
    import_public_key_ = As<kms::GetParametersForImportResponse>(reply).public_key();
    return {};
  }
  if (import_token_.empty()) return {};
  auto request = On<kms::ImportKeyMaterialRequest>(importing_);
  request.set_import_token(import_token_);
  request.set_encrypted_key_material(ToString(fakes::WrapForImport(
      AsBytes(import_public_key_), domain::WrappingKeySpec::kRsa2048,
      domain::WrappingAlgorithm::kRsaesOaepSha256, Bytes(32, static_cast<std::uint8_t>(calls_)))));
  request.set_expiration_model("KEY_MATERIAL_DOES_NOT_EXPIRE");
  KM_CHECK(Change(server, "ImportKeyMaterial", request, "state " + importing_, "Enabled"));
  keys_.push_back(importing_);
  return Cipher(server);
}

Result<void> Script::Grant(Server& server) {
  granted_ = Newest();
  grant_.clear();
  if (granted_.empty()) return {};
  ledger_.Asked(now_(), "grant " + granted_, kAny);
  auto request = On<kms::CreateGrantRequest>(granted_);
  request.set_grantee_principal(std::string("arn:aws:iam::") + kAccount + ":user/administrator");
  request.add_operations("Decrypt");
  const std::uint64_t call = calls_ + 1;
  const auto reply = Call(server, "CreateGrant", request);
  if (!reply) return reply.error();
  grant_ = As<kms::CreateGrantResponse>(reply).grant_id();
  ledger_.Acknowledged(now_(), "grant " + granted_, grant_);
  ledger_.Answered(now_(), call);
  return {};
}

Result<void> Script::Revoke(Server& server) {
  if (grant_.empty()) return {};
  auto request = On<kms::RevokeGrantRequest>(granted_);
  request.set_grant_id(grant_);
  return Change(server, "RevokeGrant", request, "grant " + granted_, "");
}

Result<void> Script::SetState(Server& server, const std::string& arn, const std::string& operation,
                              const std::string& state) {
  if (arn.empty()) return {};
  const std::string fact = "state " + arn;
  if (operation == "DisableKey")
    return Change(server, operation, On<kms::DisableKeyRequest>(arn), fact, state);
  if (operation == "EnableKey")
    return Change(server, operation, On<kms::EnableKeyRequest>(arn), fact, state);
  if (operation == "CancelKeyDeletion")
    return Change(server, operation, On<kms::CancelKeyDeletionRequest>(arn), fact, state);
  auto request = On<kms::ScheduleKeyDeletionRequest>(arn);
  request.set_pending_window_in_days(7);
  return Change(server, operation, request, fact, state);
}

// Deletions come due, and a new day begins in the trail.
Result<void> Script::LetTimePass(Server& server) {
  std::vector<std::string> doomed;
  for (const std::string& arn : keys_) {
    const auto values = ledger_.AllowedAt(now_())["state " + arn];
    if (!values.contains("PendingDeletion")) continue;
    doomed.push_back(arn);
    ledger_.Asked(now_(), "state " + arn, "gone");
  }
  server.Anchor();
  machine_.clock.Advance(kWindow);
  server.RunDue();
  for (const std::string& arn : doomed)
    if (Observe(server, "state " + arn) == "gone")
      ledger_.Acknowledged(now_(), "state " + arn, "gone");
  return {};
}

Result<void> Script::RunStep(Server& server, std::size_t step) {
  const std::string arn = Newest();
  const std::string name = "alias/number-" + std::to_string(calls_);
  switch (step) {
    case 0:
    case 9:
      return MakeKey(server);
    case 1: {
      auto request = kms::CreateAliasRequest();
      request.set_alias_name(name);
      request.set_target_key_id(arn);
      return Change(server, "CreateAlias", request, "alias " + name, arn);
    }
    case 2: {
      auto request = On<kms::TagResourceRequest>(arn);
      auto& tag = *request.add_tags();
      tag.set_tag_key("n");
      tag.set_tag_value(std::to_string(calls_));
      return Change(server, "TagResource", request, "tag " + arn, tag.tag_value());
    }
    case 3: {
      auto request = On<kms::PutKeyPolicyRequest>(arn);
      request.set_policy_name("default");
      request.set_policy(policy::DefaultKeyPolicy(kAccount) + std::string(1 + calls_ % 7, ' '));
      return Change(server, "PutKeyPolicy", request, "policy " + arn, request.policy());
    }
    case 4:
      return Grant(server);
    case 5:
    case 18:
      return Cipher(server);
    case 6:
      return Change(server, "RotateKeyOnDemand", On<kms::RotateKeyOnDemandRequest>(arn), "", "");
    case 7:
      server.RunDue();
      return {};
    case 8: {
      auto request = On<kms::UpdateKeyDescriptionRequest>(arn);
      request.set_description("described " + std::to_string(calls_));
      return Change(server, "UpdateKeyDescription", request, "description " + arn,
                    request.description());
    }
    case 10:
      return SetState(server, Newest(1), "DisableKey", "Disabled");
    case 11:
      return SetState(server, Newest(1), "EnableKey", "Enabled");
    case 12:
    case 13:
    case 14:
      return Import(server, step - 12);
    case 15:
      return Revoke(server);
    case 16:
      return SetState(server, Newest(1), "ScheduleKeyDeletion", "PendingDeletion");
    case 17:
      return SetState(server, Newest(2), "ScheduleKeyDeletion", "PendingDeletion");
    default:
      return SetState(server, Newest(1), "CancelKeyDeletion", "Disabled");
  }
}

Result<void> Script::Run(Server& server, std::size_t number) {
  // Unflushed for some operations, as between two flushes of the server's thread.
  if (number % 6 == 5) KM_CHECK(server.trail().Flush());
  if (number % 9 == 8) server.sealer().Tick();
  if (number % (2 * kStepsOfScript) == 2 * kStepsOfScript - 1) return LetTimePass(server);
  const std::size_t step = number % kStepsOfScript;
  if (Newest().empty() && step != 0 && step != 9) return {};
  return RunStep(server, step);
}

std::string Script::Observe(Server& server, const std::string& fact) const {
  const std::size_t space = fact.find(' ');
  const std::string what = fact.substr(0, space);
  const std::string of = fact.substr(space + 1);
  if (what == "message") {
    kms::DecryptRequest request;
    request.set_ciphertext_blob(sealed_[std::stoul(of)].blob);
    const auto reply = server.Send(kFirstLook, "Decrypt", request);
    return reply ? As<kms::DecryptResponse>(reply).plaintext() : reply.error().message;
  }
  if (what == "tag") {
    const auto reply =
        server.Send(kFirstLook, "ListResourceTags", On<kms::ListResourceTagsRequest>(of));
    if (!reply || As<kms::ListResourceTagsResponse>(reply).tags().empty()) return "";
    return As<kms::ListResourceTagsResponse>(reply).tags(0).tag_value();
  }
  if (what == "policy") {
    auto request = On<kms::GetKeyPolicyRequest>(of);
    request.set_policy_name("default");
    const auto reply = server.Send(kFirstLook, "GetKeyPolicy", request);
    if (!reply) return "";
    const std::string& policy = As<kms::GetKeyPolicyResponse>(reply).policy();
    return policy == policy::DefaultKeyPolicy(kAccount) ? "" : policy;
  }
  if (what == "grant") {
    const auto reply = server.Send(kFirstLook, "ListGrants", On<kms::ListGrantsRequest>(of));
    if (!reply || As<kms::ListGrantsResponse>(reply).grants().empty()) return "";
    return As<kms::ListGrantsResponse>(reply).grants(0).grant_id();
  }
  const auto reply = server.Send(kFirstLook, "DescribeKey", On<kms::DescribeKeyRequest>(of));
  if (!reply) return what == "state" && reply.error().code == ErrorCode::kNotFound ? "gone" : "";
  const auto& metadata = As<kms::DescribeKeyResponse>(reply).key_metadata();
  return what == "state"   ? metadata.key_state()
         : what == "alias" ? metadata.arn()
                           : metadata.description();
}

std::vector<std::string> Script::Differences(Server& server, std::uint64_t moment) const {
  std::vector<std::string> wrong;
  std::map<std::string, std::string> states;
  const Ledger::Allowed allowed = ledger_.AllowedAt(moment);
  for (const auto& [fact, values] : allowed) {
    if (!fact.starts_with("state ")) continue;
    const std::string seen = Observe(server, fact);
    states[fact.substr(6)] = seen;
    if (!values.contains(seen)) wrong.push_back(fact + " is '" + seen + "'");
  }
  for (const auto& [fact, values] : allowed) {
    if (fact.starts_with("state ")) continue;
    const std::string of = fact.substr(fact.find(' ') + 1);
    std::string key = of;
    if (fact.starts_with("message ")) key = sealed_[std::stoul(of)].key;
    if (fact.starts_with("alias ")) key = *values.rbegin();
    // What belongs to a key that is gone is gone; one that is not enabled decrypts nothing.
    const std::string state = states[key];
    if (state == "gone" || (state != "Enabled" && fact.starts_with("message "))) continue;
    const std::string seen = Observe(server, fact);
    if (!values.contains(seen) && !values.contains(kAny))
      wrong.push_back(fact + " is '" + seen + "'");
  }
  const auto rows = records::EveryRow<domain::Key>(server.catalog(), "");
  if (!rows) return {"keys cannot be read"};
  for (const domain::Key& row : *rows) {  // among them some that nobody was told of
    if (row.state != domain::KeyState::kEnabled) continue;
    auto request = On<kms::EncryptRequest>(row.arn());
    request.set_plaintext("half made?");
    const auto sealed = server.Send(kFirstLook, "Encrypt", request);
    if (!sealed)
      wrong.push_back("key " + row.arn() + " does not encrypt: " + sealed.error().detail);
  }
  return wrong;
}

}  // namespace kmaas::campaigns
