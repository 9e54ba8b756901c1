#include "tests/api/authorisation_world.h"

#include <stdexcept>

#include "core/errors.h"
#include "core/grant_rows.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/requests.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
namespace pb = google::protobuf;

constexpr char kOtherAccount[] = "999988887777";
constexpr char kPrincipal[] = "arn:aws:iam::111122223333:user/alice";
constexpr char kBystander[] = "arn:aws:iam::111122223333:user/bystander";
constexpr char kAliasName[] = "alias/example";
const std::string kGrantId(64, 'a');

const std::string& AccountOf(Place place) {
  static const std::string kHere = kAccount;
  static const std::string kThere = kOtherAccount;
  return place == Place::kForeign ? kThere : kHere;
}

std::string List(const Actions& actions) {
  std::string list;
  for (const std::string& action : actions)
    list.append(list.empty() ? "\"" : ",\"").append(action).append("\"");
  return "[" + list + "]";
}

std::string Document(const std::vector<std::string>& statements) {
  std::string joined;
  for (const std::string& one : statements) joined.append(joined.empty() ? "" : ",").append(one);
  return R"({"Version":"2012-10-17","Statement":[)" + joined + "]}";
}

std::string ForPrincipal(const std::string& arn, const std::string& actions) {
  return R"({"Effect":"Allow","Principal":{"AWS":")" + arn + R"("},"Action":)" + actions +
         R"(,"Resource":"*"})";
}

std::string OnResource(const std::string& arn, const Actions& actions) {
  return R"({"Effect":"Allow","Action":)" + List(actions) + R"(,"Resource":")" + arn + R"("})";
}

domain::Principal Principal() {
  return {domain::PrincipalType::kIamUser, kAccount, kPrincipal, "AIDAALICE", "alice", "AKIAALICE"};
}

void SetText(pb::Message& request, const char* name, const std::string& text) {
  const pb::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) return;
  if (field->is_repeated()) {
    request.GetReflection()->ClearField(&request, field);
    request.GetReflection()->AddString(&request, field, text);
  } else {
    request.GetReflection()->SetString(&request, field, text);
  }
}

}  // namespace

AuthorisationWorld::AuthorisationWorld() {
  core_.Enrol(kOtherAccount);
  records::User bystander;
  bystander.account = kAccount;
  bystander.name = "bystander";
  bystander.path = "/";
  bystander.user_id = "AIDABYSTANDER";
  core_.Put(bystander);
  for (const Place place : kPlaces)
    sites_[static_cast<std::size_t>(place)] = MakeSite(AccountOf(place));
  kms::CreateAliasRequest alias;
  alias.set_alias_name(kAliasName);
  alias.set_target_key_id(At(kAliasTarget).key.id.ToText());
  core_.Must<kms::CreateAliasResponse>("CreateAlias", alias);
}

AuthorisationWorld::Site AuthorisationWorld::MakeSite(const std::string& account) {
  const auto must = [&](const std::string& operation, const pb::Message& request) {
    Result<core::WipedMessage> reply = core_.SendAs(Administrator(account), operation, request);
    if (!reply) throw std::runtime_error(operation + ": " + reply.error().message);
    return *std::move(reply);
  };
  const auto made = must("CreateKey", kms::CreateKeyRequest());
  const std::string arn = static_cast<const kms::CreateKeyResponse&>(*made).key_metadata().arn();
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(arn);
  encrypt.set_plaintext("a secret");
  const auto sealed = must("Encrypt", encrypt);
  const auto id = domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
  return {**core_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id)),
          static_cast<const kms::EncryptResponse&>(*sealed).ciphertext_blob()};
}

std::string AuthorisationWorld::KeyPolicyOf(Place place, const Permissions& permissions) const {
  std::vector<std::string> statements = {
      ForPrincipal(Administrator(AccountOf(place)).arn, R"("kms:*")")};
  for (const Given& one : permissions) {
    if (one.place != place) continue;
    if (one.through == Through::kKeyPolicy)
      statements.push_back(ForPrincipal(kPrincipal, List(one.actions)));
    if (one.through == Through::kDelegation)
      statements.push_back(ForPrincipal(domain::RootArn(kAccount), R"("kms:*")"));
  }
  return Document(statements);
}

std::string AuthorisationWorld::IdentityPolicyOf(const Permissions& permissions) const {
  std::vector<std::string> statements = {OnResource("*", {"kms:NoSuchAction"})};
  for (const Given& one : permissions) {
    if (one.through == Through::kIdentityPolicy)
      statements.push_back(OnResource(At(one.place).key.arn(), one.actions));
    if (one.through == Through::kIdentityPolicyOnAll)
      statements.push_back(OnResource("*", one.actions));
    if (one.through == Through::kIdentityPolicyOnAlias)
      statements.push_back(
          OnResource(domain::AliasArn(kRegion, kAccount, kAliasName), one.actions));
  }
  return Document(statements);
}

void AuthorisationWorld::PutGrantAt(Place place, const Permissions& permissions) {
  domain::Grant grant;
  grant.id = kGrantId;
  grant.key_id = At(place).key.id;
  grant.account = AccountOf(place);
  grant.region = kRegion;
  grant.grantee = kBystander;
  grant.issuing_account = grant.account;
  grant.issuing_principal = Administrator(grant.account).arn;
  grant.operations = {"Decrypt"};
  Actions carried;
  for (const Given& one : permissions) {
    if (one.through != Through::kGrant || one.place != place) continue;
    for (const std::string& action : one.actions)
      if (IsGrantAction(action)) carried.insert(action.substr(std::string("kms:").size()));
  }
  if (!carried.empty()) {
    grant.grantee = Principal().user_id;
    grant.operations.assign(carried.begin(), carried.end());
  }
  const Result<void> written = core_.catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        domain::Key key = At(place).key;
        KM_TRY(const bool replaced, core::DeleteGrant(changes, key, kGrantId));
        key.grants = replaced ? 1 : 0;
        KM_CHECK(core::PutGrant(changes, key, grant));
        key.grants = 1;
        return changes.Put(key);
      },
      Deadline::Never());
  if (!written) throw std::runtime_error(written.error().detail);
}

void AuthorisationWorld::Give(const Permissions& permissions) {
  for (const Place place : kPlaces) {
    core_.Put(records::KeyPolicy{kRegion, At(place).key.id, KeyPolicyOf(place, permissions)});
    PutGrantAt(place, permissions);
  }
  const domain::Principal principal = Principal();
  records::User user;
  user.account = principal.account;
  user.name = principal.user_name;
  user.path = "/";
  user.user_id = principal.user_id;
  user.policies.inline_policies = {{"given", IdentityPolicyOf(permissions)}};
  core_.Put(user);
}

std::unique_ptr<pb::Message> AuthorisationWorld::RequestFor(const core::Operation& operation,
                                                            const std::vector<Place>& keys) const {
  auto request = RequestOn(operation, "");
  SetText(*request, "ciphertext_blob", At(keys.at(0)).ciphertext);
  SetText(*request, "grant_id", kGrantId);
  SetText(*request, "grantee_principal", kBystander);
  SetText(*request, "retiring_principal", kBystander);
  SetText(*request, "key_spec", operation.name == "CreateKey" ? "SYMMETRIC_DEFAULT" : "AES_256");
  SetText(*request, "key_pair_spec", "ECC_NIST_P256");
  // Without them the request would contradict itself.
  SetText(*request, "expiration_model", "KEY_MATERIAL_DOES_NOT_EXPIRE");
  SetText(*request, "cloud_hsm_cluster_id", "cluster-abcdefghijk");
  SetText(*request, "trust_anchor_certificate", "a certificate");
  SetText(*request, "key_store_password", "password");
  if (operation.name == "CreateGrant") SetText(*request, "operations", "CreateGrant");
  if (operation.name == "CreateAlias") SetText(*request, "alias_name", kAliasName);
  if (const auto* size = request->GetDescriptor()->FindFieldByName("number_of_bytes");
      size != nullptr && operation.name == "GenerateRandom")
    request->GetReflection()->SetInt32(request.get(), size, 16);
  for (std::size_t i = 0; i < operation.targets.size(); ++i)
    request->GetReflection()->SetString(request.get(), operation.targets[i].field,
                                        At(keys.at(i)).key.arn());
  return request;
}

AuthorisationWorld::Answer AuthorisationWorld::Call(const core::Operation& operation,
                                                    const std::vector<Place>& keys) {
  return Send(operation.aws_target, *RequestFor(operation, keys));
}

AuthorisationWorld::Answer AuthorisationWorld::Send(const std::string& operation,
                                                    const pb::Message& request) {
  const std::uint64_t changes = core_.store.changes();
  const Result<core::WipedMessage> reply = core_.SendAs(Principal(), operation, request);
  if (reply) return {Outcome::kPassed, ""};
  const Error& error = reply.error();
  const std::string told =
      std::string(core::RowOf(error.code).aws_name) + ": " + error.message + " " + error.detail;
  const bool unchanged = core_.store.changes() == changes;
  switch (error.code) {
    case ErrorCode::kAccessDenied:
      return {unchanged ? Outcome::kDenied : Outcome::kOutOfOrder, told};
    case ErrorCode::kValidation:
    case ErrorCode::kSerialization:
    case ErrorCode::kNotFound:
    case ErrorCode::kInvalidArn:
    case ErrorCode::kKmsInternal:
      return {Outcome::kOutOfOrder, told};
    default:
      return {Outcome::kPassed, told};
  }
}

}  // namespace kmaas::api
