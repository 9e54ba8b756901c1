// Names of the session tags that an elevation gives, which key policies ask for.
#pragma once

#include <string_view>

namespace kmaas::keyservice {

// Nothing else may give a session tags that begin so.
inline constexpr std::string_view kElevationTagPrefix = "kmaas-elevation-";
inline constexpr std::string_view kElevationIdTag = "kmaas-elevation-id";
inline constexpr std::string_view kElevationRoleTag = "kmaas-elevation-role";
inline constexpr std::string_view kElevationEntityTag = "kmaas-elevation-entity";
inline constexpr std::string_view kElevationChangeTag = "kmaas-elevation-change";

}  // namespace kmaas::keyservice
