// Of what IAM forms names, and how its ids begin. Source: IAM user guide, "IAM identifiers".
#pragma once

#include <string_view>

namespace kmaas::domain {

inline constexpr std::string_view kUserIdPrefix = "AIDA";
inline constexpr std::string_view kRoleIdPrefix = "AROA";
inline constexpr std::string_view kGroupIdPrefix = "AGPA";
inline constexpr std::string_view kManagedPolicyIdPrefix = "ANPA";
inline constexpr std::string_view kAccessKeyIdPrefix = "AKIA";   // long-term credentials
inline constexpr std::string_view kSessionKeyIdPrefix = "ASIA";  // temporary ones

constexpr bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Of names of users, groups, roles, policies and sessions.
constexpr bool IsNameCharacter(char c) {
  return IsAlphanumeric(c) || std::string_view("+=,.@-_").find(c) != std::string_view::npos;
}

}  // namespace kmaas::domain
