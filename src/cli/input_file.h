// A file that whoever runs the command names.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace kmaas::cli {

// All of it. The error names the file: it cannot be read, or has more than `bytes_max`.
Result<Bytes> ReadInput(const std::string& file, std::size_t bytes_max);

}  // namespace kmaas::cli
