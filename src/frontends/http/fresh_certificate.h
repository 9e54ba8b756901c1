// A certificate that was read and found usable, and that no connection has yet.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

struct ssl_ctx_st;

namespace kmaas::http {

// Modification time, size and inode of the files of a pair.
using FileStamp = std::array<std::int64_t, 8>;

struct FreshCertificate {
  std::shared_ptr<ssl_ctx_st> context;  // null: there is no TLS
  FileStamp stamp{};
};

}  // namespace kmaas::http
