// Lists of algorithms as the API has them.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <span>
#include <string>

namespace kmaas::operations {

template <class Algorithm>
void AddTexts(std::span<const Algorithm> algorithms,
              google::protobuf::RepeatedPtrField<std::string>& texts) {
  for (const Algorithm algorithm : algorithms) texts.Add(std::string(ToText(algorithm)));
}

}  // namespace kmaas::operations
