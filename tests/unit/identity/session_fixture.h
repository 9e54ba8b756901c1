// Sessions to issue: of a user and of a role, with all that a token may hold.
#pragma once

#include "domain/assumed_role.h"
#include "identity/session_token.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::identity {

inline domain::Session RoleSession(WallTime issued) {
  domain::Session session;
  session.role_arn = "arn:aws:iam::111122223333:role/ops/auditor";
  session.role_name = "auditor";
  session.role_id = "AROAAAAAAAAAAAAAAAAAA";
  session.session_name = "jane";
  session.issued = issued;
  session.expires = issued + std::chrono::hours(1);
  session.mfa_time = issued - std::chrono::minutes(5);
  session.tags = {{"Department", "audit"}, {"Site", ""}};
  session.transitive_tag_keys = {"Department"};
  session.source_identity = "jane.doe";
  session.federated_provider = "https://idp.example";
  session.policy = R"({"Version":"2012-10-17","Statement":[]})";
  session.policy_arns = {"arn:aws:iam::aws:policy/ReadOnlyAccess"};
  session.chained = true;
  return session;
}

inline ports::NewSession OfRole(const domain::Session& session) {
  ports::NewSession made;
  made.principal.account = "111122223333";
  domain::NameAssumedRole(made.principal, session);
  made.principal.session = std::make_shared<const domain::Session>(session);
  return made;
}

inline ports::NewSession OfUser(const std::string& name, const std::string& user_id,
                                WallTime issued) {
  domain::Session session;
  session.issued = issued;
  session.expires = issued + std::chrono::hours(12);
  return {
      {domain::PrincipalType::kIamUser, "111122223333", "arn:aws:iam::111122223333:user/" + name,
       user_id, name, "", std::make_shared<const domain::Session>(session)},
      "AKIAPARENTPARENTPARE"};
}

struct TokenBench {
  fakes::ManualClock clock;
  fakes::SeededRandom random;
  fakes::FakeCryptoEngine engine;
  std::unique_ptr<SessionTokens> tokens = *SessionTokens::Create(engine, random, Deadline::Never());
};

}  // namespace kmaas::identity
