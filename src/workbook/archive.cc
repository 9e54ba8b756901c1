#include "workbook/archive.h"

#include <zip.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "workbook/archive_end.h"
#include "workbook/file_kind.h"

namespace kmaas::workbook {
namespace {

constexpr std::size_t kNameBytesMax = 255;

bool IsBadStep(std::string_view step) { return step.empty() || step == "." || step == ".."; }

// A folder's entry ends with a slash; some packers write those.
bool IsGoodName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !IsUtf8(name)) return false;
  const bool odd = std::ranges::any_of(name, [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == '\\' || letter == ':';
  });
  if (odd) return false;
  if (name.ends_with('/')) name.remove_suffix(1);
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    if (IsBadStep(name.substr(start, end - start))) return false;
    start = end + 1;
  }
  return true;
}

Refused At(Refusal why, std::string_view part) {
  return {why, {.part = std::string(part), .sheet = {}, .cell = {}}};
}

struct CloseFile {
  void operator()(zip_file_t* file) const { (void)zip_fclose(file); }
};

}  // namespace

std::string LowerCase(std::string_view name) {
  std::string lower(name);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

Outcome<Archive> Archive::Open(ByteView file, const Limits& limits) {
  if (file.size() > limits.file_bytes) return Refused{Refusal::kFileTooLarge};
  KM_CHECK(ExpectZip(file));
  const auto declared = DeclaredEntries(file);
  if (!declared) return Refused{Refusal::kCorruptArchive};
  if (*declared > limits.parts) return Refused{Refusal::kTooManyParts};
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, nullptr);
  if (source == nullptr) return Refused{Refusal::kCorruptArchive};
  Handle handle(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, nullptr), zip_discard);
  if (handle == nullptr) {
    zip_source_free(source);
    return Refused{Refusal::kCorruptArchive};
  }
  Archive archive(std::move(handle), limits);
  KM_CHECK(archive.List());
  return archive;
}

Outcome<void> Archive::List() {
  const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
  if (count < 0) return Refused{Refusal::kCorruptArchive};
  if (static_cast<std::uint64_t>(count) > limits_->parts) return Refused{Refusal::kTooManyParts};
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) KM_CHECK(Add(i));
  return {};
}

Outcome<void> Archive::Add(std::uint64_t index) {
  zip_stat_t stat;
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                   ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(zip_.get(), index, ZIP_FL_ENC_RAW, &stat) != 0 ||
      (stat.valid & kNeeded) != kNeeded) {
    return Refused{Refusal::kCorruptArchive};
  }
  const std::string_view name = stat.name;
  if (!IsGoodName(name)) {
    return At(Refusal::kBadPartName, IsUtf8(name) ? name.substr(0, kNameBytesMax) : "");
  }
  if (stat.encryption_method != ZIP_EM_NONE) return At(Refusal::kPassword, name);
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    return At(Refusal::kCompression, name);
  }
  Entry entry{index, std::string(name), stat.size, stat.comp_size};
  if (!entries_.emplace(LowerCase(name), std::move(entry)).second) {
    return At(Refusal::kDuplicatePart, name);
  }
  return {};
}

Outcome<void> Archive::CheckProduced(const Entry& entry, std::size_t bytes) const {
  if (bytes > limits_->part_bytes) return At(Refusal::kPartTooLarge, entry.name);
  if (produced_ + bytes > limits_->total_bytes) return At(Refusal::kExpandsTooMuch, entry.name);
  if (bytes > limits_->ratio_from_bytes && bytes / limits_->ratio > entry.compressed) {
    return At(Refusal::kExpandsTooMuch, entry.name);
  }
  if (bytes > entry.size) return At(Refusal::kForgedSize, entry.name);
  return {};
}

Outcome<Bytes> Archive::Inflate(std::string_view part) {
  const auto found = entries_.find(LowerCase(part));
  if (found == entries_.end()) return At(Refusal::kMissingPart, part);
  const Entry& entry = found->second;
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(zip_.get(), entry.index, 0));
  if (file == nullptr) return At(Refusal::kCorruptArchive, entry.name);
  Bytes bytes;
  // Untouched pages cost nothing, where the size is a lie.
  bytes.reserve(std::min<std::uint64_t>(entry.size, limits_->part_bytes));
  std::array<std::uint8_t, std::size_t{16} << 10U> piece;
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), piece.data(), piece.size());
    if (got < 0) return At(Refusal::kCorruptArchive, entry.name);
    if (got == 0) break;
    KM_CHECK(CheckProduced(entry, bytes.size() + static_cast<std::size_t>(got)));
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + got);
  }
  if (bytes.size() != entry.size) return At(Refusal::kForgedSize, entry.name);
  produced_ += bytes.size();
  return bytes;
}

}  // namespace kmaas::workbook
