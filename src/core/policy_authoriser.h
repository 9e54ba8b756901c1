// The decision of AWS KMS over what is in the store: key policies, identities, grants.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "core/authoriser.h"
#include "core/identity_sides.h"
#include "policy/decision.h"
#include "records/catalog.h"
#include "records/row_cache.h"

namespace kmaas::core {

// Thread-safe; borrows everything. Key policies are compiled when they are first asked for and kept
// while their row is the current one, so a change binds the next call.
class PolicyAuthoriser final : public Authoriser {
 public:
  PolicyAuthoriser(records::Catalog& catalog, IdentitySides& identities, const Clock& clock,
                   std::string region);

  Result<Verdict> Decide(const AccessQuestion& question) override;

  // The same, with each policy that was looked at, for whoever asks why. `may`: not whether one
  // request is allowed but whether one could be; what only a request answers is then assumed in
  // favour, and said.
  struct Explanation {
    bool allowed = false;
    std::string deciding_statement;
    std::string message;  // what the caller would be told; empty when allowed
    struct Line {
      std::string policy;
      std::string says;  // "allows by statement 1 (Sid users)", "denies by ...", "is silent"
    };
    std::vector<Line> lines;
    std::vector<std::string> remaining;  // conditions that were assumed: "if ...", "unless ..."
  };
  enum class About { kThisRequest, kAnyRequest };
  // Of questions that the stored policies and grants decide: `instead` and `grant_decides` are not
  // looked at.
  Result<Explanation> Explain(const AccessQuestion& question, About about);

 private:
  struct Compiled {
    std::shared_ptr<const records::KeyPolicy> row;
    std::shared_ptr<const policy::Policy> policy;
  };
  // What a decision stands on, held for its time.
  struct Grounds {
    std::shared_ptr<const policy::IdentitySide> identity;
    std::shared_ptr<const policy::Policy> key_policy;
    std::vector<std::shared_ptr<const domain::Grant>> grants;
  };

  Result<Grounds> GroundsOf(const AccessQuestion& question);
  Result<std::shared_ptr<const policy::Policy>> PolicyOf(const domain::Key& key);
  Result<void> AddGrants(const domain::Key& key, std::string_view grantee, Grounds& grounds);

  records::Catalog& catalog_;
  IdentitySides& identities_;
  const Clock& clock_;
  const std::string region_;
  records::RowCache<Compiled> compiled_;
};

}  // namespace kmaas::core
