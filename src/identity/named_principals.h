// From an ARN to the principal that it names.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "domain/principal.h"
#include "records/catalog.h"

namespace kmaas::identity {

domain::Principal PrincipalOf(const records::User& user);
domain::Principal RootOf(const records::Account& account);
// What a role does when nobody says in which session.
inline constexpr std::string_view kAnySession = "any";
// As a session of that name would be, without a second factor, begun at `now`.
domain::Principal SessionOf(const records::Role& role, std::string_view session_name, WallTime now);

// A user ("arn:aws:iam::ACCOUNT:user/path/name") or the root of an account, when it exists.
Result<std::optional<domain::Principal>> FindPrincipal(records::Catalog& catalog,
                                                       std::string_view arn);
// Those, a role, or a session of one ("arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION").
Result<std::optional<domain::Principal>> FindAnyPrincipal(records::Catalog& catalog,
                                                          std::string_view arn, WallTime now);

}  // namespace kmaas::identity
