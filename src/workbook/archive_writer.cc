#include "workbook/archive_writer.h"

#include <zip.h>

#include <cstdlib>
#include <cstring>

namespace kmaas::workbook {
namespace {

// 1 January 1980, the first moment that a zip archive can tell.
constexpr zip_uint16_t kDosDate = 1U << 5U | 1U;

Refused Failed() { return Refused{Refusal::kCorruptArchive}; }

// Of a copy that is libzip's own: when it writes behind entries that it keeps, libzip 1.7.3 frees
// the buffer that it was given, whether it was told to or not.
zip_source_t* SourceOf(ByteView file) {
  if (file.empty()) return zip_source_buffer_create(nullptr, 0, 0, nullptr);
  void* copy = std::malloc(file.size());
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, file.data(), file.size());
  zip_source_t* source = zip_source_buffer_create(copy, file.size(), 1, nullptr);
  if (source == nullptr) std::free(copy);
  return source;
}

class Writing {
 public:
  Writing(ByteView file, int flags) {
    source_ = SourceOf(file);
    if (source_ == nullptr) return;
    zip_source_keep(source_);  // to be read when it is written
    zip_ = zip_open_from_source(source_, flags, nullptr);
    if (zip_ == nullptr) zip_source_free(source_);
  }
  ~Writing() {
    if (zip_ != nullptr) zip_discard(zip_);
    if (source_ != nullptr) zip_source_free(source_);
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  Outcome<void> Put(const Part& part) {
    if (zip_ == nullptr) return Failed();
    zip_source_t* content = zip_source_buffer(zip_, part.content.data(), part.content.size(), 0);
    if (content == nullptr) return Failed();
    const zip_int64_t index =
        zip_file_add(zip_, part.name.c_str(), content, ZIP_FL_OVERWRITE | ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(content);
      return Failed();
    }
    const auto entry = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(zip_, entry, ZIP_CM_DEFLATE, 6) != 0 ||
        zip_file_set_dostime(zip_, entry, 0, kDosDate, 0) != 0) {
      return Failed();
    }
    return {};
  }

  Outcome<Bytes> Finish() {
    if (zip_ == nullptr || zip_close(zip_) != 0) return Failed();
    zip_ = nullptr;
    zip_stat_t stat;
    if (zip_source_stat(source_, &stat) != 0 || zip_source_open(source_) != 0) return Failed();
    Bytes bytes(stat.size);
    const zip_int64_t got = zip_source_read(source_, bytes.data(), bytes.size());
    (void)zip_source_close(source_);
    if (got < 0 || static_cast<std::size_t>(got) != bytes.size()) return Failed();
    return bytes;
  }

 private:
  zip_source_t* source_ = nullptr;
  zip_t* zip_ = nullptr;
};

Outcome<Bytes> Put(ByteView file, int flags, const std::vector<Part>& parts) {
  Writing writing(file, flags);
  for (const Part& part : parts) KM_CHECK(writing.Put(part));
  return writing.Finish();
}

}  // namespace

Outcome<Bytes> WriteArchive(const std::vector<Part>& parts) {
  return Put({}, ZIP_CREATE | ZIP_TRUNCATE, parts);
}

Outcome<Bytes> ReplaceParts(ByteView file, const std::vector<Part>& parts) {
  return Put(file, 0, parts);
}

}  // namespace kmaas::workbook
