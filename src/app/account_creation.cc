#include "app/account_creation.h"

#include "audit/render.h"
#include "base/json_text.h"
#include "policy/aws_managed_policies.h"

namespace kmaas::app {
namespace {

// Nobody has signed this call: whoever holds the user PIN and the database has made it.
ports::AuditRecord RecordOf(const NewAccount& made, const std::string& region,
                            ports::RandomSource& random, WallTime now) {
  ports::AuditRecord record;
  record.event_id = random.Uuid();
  record.request_id = random.Uuid();
  record.time = now;
  record.event_source = "organizations.amazonaws.com";
  record.event_name = "CreateAccount";
  record.region = region;
  record.source_address = "localhost";
  record.user_agent = "kmaas account create";
  record.request_parameters_json = R"({"accountName":)";
  AppendJsonString(record.request_parameters_json, made.account.name);
  record.request_parameters_json += R"(,"accountId":")" + made.account.id + R"("})";
  record.response_elements_json = "null";
  record.read_only = false;
  record.resources.push_back({made.account.id, made.administrator.arn()});
  return record;
}

}  // namespace

Result<records::User> MakeAdministrator(const records::Account& account, std::string_view name,
                                        identity::Making making) {
  KM_TRY(records::User user, identity::MakeUser(account, name, "/", making));
  user.policies.attached.emplace_back(policy::kAdministratorAccessArn);
  return user;
}

Result<void> AddAccount(records::Changes& changes, const records::Account& account,
                        const records::User& administrator,
                        const records::StoredAccessKey& access_key) {
  KM_CHECK(identity::AddNew(changes, account));
  KM_CHECK(identity::AddNew(changes, administrator));
  for (const std::string& policy : administrator.policies.attached)
    KM_CHECK(changes.Put(records::PolicyUse{policy, administrator.arn(), false}));
  return identity::AddNew(changes, access_key);
}

Result<NewAccount> CreateAccount(Foundation& foundation, const AccountNames& names,
                                 const std::string& region, ports::RandomSource& random,
                                 const Clock& clock) {
  const identity::Making making{random, clock.Now()};
  const Deadline deadline = Deadline::After(clock, kStepMax);
  NewAccount made;
  KM_TRY(made.account, identity::MakeAccount(names.id, names.name, making));
  KM_TRY(made.administrator, MakeAdministrator(made.account, names.administrator, making));
  KM_TRY(identity::NewAccessKey key,
         identity::MakeAccessKey(made.administrator, *foundation.engine, making, deadline));
  const ports::AuditRecord record = RecordOf(made, region, random, clock.Now());
  KM_CHECK(foundation.catalog->Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_CHECK(AddAccount(changes, made.account, made.administrator, key.row));
        return changes.Put(records::OutboxEntry{record.event_id, audit::Render(record)});
      },
      deadline));
  made.access_key_id = key.row.id;
  made.secret_access_key = std::move(key.secret);
  return made;
}

}  // namespace kmaas::app
