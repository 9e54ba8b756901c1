// What all forms of `kmaas explain` stand on, and how an explanation is shown.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "app/config.h"
#include "cli/invocation.h"
#include "cli/json_writer.h"
#include "cli/key_lookup.h"
#include "core/policy_authoriser.h"
#include "core/stored_identity_sides.h"

namespace kmaas::cli {

// Everything that a decision needs, over a store that is only read.
struct Ground {
  app::Config config;
  app::Foundation foundation;
  const Clock& clock;
  core::StoredIdentitySides identities;
  core::PolicyAuthoriser authoriser;

  Ground(app::Config read, app::Foundation opened, const Clock& time)
      : config(std::move(read)),
        foundation(std::move(opened)),
        clock(time),
        identities(*foundation.catalog),
        authoriser(*foundation.catalog, identities, clock, config.region) {}
  ~Ground() { foundation.Close(); }
};

Result<std::unique_ptr<Ground>> OpenGround(Invocation& invocation);

// kNotFound for an ARN that nobody has.
Result<domain::Principal> PrincipalNamed(Ground& ground, const std::string& arn);
// Of temporary credentials that were issued then.
std::shared_ptr<domain::Session> SessionFor(const domain::Principal& principal, WallTime issued,
                                            bool second_factor);

// Into the object that is open.
void WriteExplanation(JsonWriter& json, const core::PolicyAuthoriser::Explanation& explanation);
void PrintExplanation(std::ostream& out, const core::PolicyAuthoriser::Explanation& explanation);

}  // namespace kmaas::cli
