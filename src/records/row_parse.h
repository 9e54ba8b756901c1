// From the bytes of a row to its message.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::records {

inline Error NotARow(std::string_view table) {
  return {ErrorCode::kKmsInternal, "",
          "a row of table " + std::string(table) + " is not a record of that table"};
}

template <class Message>
Result<Message> Parse(std::string_view table, std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return NotARow(table);
  return message;
}

}  // namespace kmaas::records
