// How row keys are put together: parts between slashes.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kmaas::records {

std::string Join(std::initializer_list<std::string_view> parts);
// Splits off `count` leading parts; the rest, slashes and all, is the last.
std::optional<std::vector<std::string>> Split(std::string_view row_key, std::size_t count);
// A text with slashes as one part: '%' and '/' become %25 and %2F, so two texts never share a part.
std::string AsPart(std::string_view text);
// The first `count` parts with the slash after them; all of it when there are fewer.
std::string_view LeadingParts(std::string_view row_key, int count);
// ASCII letters in lower case: how names of IAM are told apart.
std::string FoldedName(std::string_view name);

}  // namespace kmaas::records
