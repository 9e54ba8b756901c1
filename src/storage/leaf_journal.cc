#include "storage/leaf_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>

#include "base/log.h"

namespace kmaas::storage {
namespace {

constexpr std::string_view kKeyLabel = "kmaas store leaf journal v1";
constexpr const char* kFresh = ".new";
constexpr std::uint8_t kAllLeaves = 1;
constexpr std::uint8_t kChangedLeaves = 2;
constexpr std::uint64_t kRewriteMin = 1 << 20;
constexpr off_t kReadMax = off_t{1} << 30;

std::unique_ptr<crypto::HmacSha256Key> KeyFor(const RowMac& mac) {
  const SecretBytes key = mac.DeriveKey(kKeyLabel);
  return std::make_unique<crypto::HmacSha256Key>(key.view());
}

crypto::Sha256Digest Link(const crypto::HmacSha256Key& key, const crypto::Sha256Digest& before,
                          ByteView body) {
  Bytes covered;
  covered.reserve(before.size() + body.size());
  Append(covered, before);
  Append(covered, body);
  return key.Tag(covered);
}

void AppendStart(Bytes& out, std::uint8_t kind, const ports::StoreHead& head) {
  AppendU8(out, kind);
  AppendU64(out, head.epoch);
  AppendU64(out, head.rows);
  Append(out, head.digest);
}

void AppendLeaf(Bytes& out, std::string_view table, std::string_view first, const RowTags& tags) {
  AppendField(out, table);
  AppendField(out, first);
  AppendU32(out, static_cast<std::uint32_t>(tags.size()));
  for (const RowTag& tag : tags) {
    AppendU32(out, tag.key);
    AppendU32(out, tag.version);
  }
}

struct LeafRead {
  std::size_t table = 0;
  LeafPart part;
};

std::optional<LeafRead> ReadLeaf(ByteReader& reader, const LeafDirectory& directory) {
  const std::uint32_t name_size = reader.U32();
  const auto table = directory.IndexOf(AsText(reader.Take(name_size)));
  const std::uint32_t first_size = reader.U32();
  LeafRead leaf;
  leaf.part.first = ToString(reader.Take(first_size));
  const std::uint32_t rows = reader.U32();
  if (!table || !reader.ok() || rows > reader.rest().size() / 8) return std::nullopt;
  leaf.table = *table;
  leaf.part.state.rows = rows;
  leaf.part.tags.reserve(rows);
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint32_t key = reader.U32();
    leaf.part.tags.push_back({key, reader.U32()});
  }
  return leaf;
}

// Leaf by leaf in the order of the file: those that were cut from one stand behind it.
bool ApplyChanges(std::vector<LeafRead> leaves, LeafDirectory& directory) {
  std::vector<LeafChange> changes;
  for (LeafRead& leaf : leaves) {
    const Leaf known = directory.Find(leaf.table, leaf.part.first);
    if (known.first == leaf.part.first) {
      changes.push_back({leaf.table, known.state, {}});
    } else if (changes.empty() || changes.back().table != leaf.table ||
               leaf.part.first < changes.back().after.back().first) {
      return false;
    }
    changes.back().after.push_back(std::move(leaf.part));
  }
  directory.Apply(changes);
  return true;
}

bool LoadAll(std::vector<LeafRead> leaves, LeafDirectory& directory) {
  std::vector<LeafParts> tables(directory.tables().size());
  for (LeafRead& leaf : leaves) {
    LeafParts& parts = tables[leaf.table];
    if (parts.empty() ? !leaf.part.first.empty() : leaf.part.first <= parts.back().first)
      return false;
    parts.push_back(std::move(leaf.part));
  }
  for (std::size_t table = 0; table < tables.size(); ++table) {
    if (tables[table].empty()) tables[table].push_back({});
    directory.Load(table, std::move(tables[table]));
  }
  return true;
}

}  // namespace

std::string LeafJournalPath(const std::string& database) { return database + ".rows"; }

LeafJournal::LeafJournal(const std::string& database, const RowMac& mac)
    : path_(LeafJournalPath(database)), key_(KeyFor(mac)) {}

LeafJournal::~LeafJournal() {
  if (file_ >= 0) close(file_);
}

void LeafJournal::Committed(const LeafDirectory& directory, std::span<const LeafChange> changes,
                            const ports::StoreHead& head) {
  if (failed_) return;
  const bool is_long = bytes_ > kRewriteMin && bytes_ / 2 > bytes_of_all_;
  try {
    const bool noted = file_ < 0 || is_long ? Rewrite(directory, head)
                                            : Append(EncodeChanges(directory, changes, head));
    if (!noted) Fail(errno);
  } catch (const std::exception&) {  // for want of memory, most likely: no reason to end
    Fail(ENOMEM);
  }
}

bool LeafJournal::Rewrite(const LeafDirectory& directory, const ports::StoreHead& head) {
  if (file_ >= 0) close(file_);
  bytes_ = 0;
  last_ = {};
  // Under another name first: whoever reads meanwhile has the old one whole.
  const std::string fresh = path_ + kFresh;
  unlink(fresh.c_str());
  file_ =
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0 || !Append(EncodeLeaves(directory, head))) return false;
  bytes_of_all_ = bytes_;
  return rename(fresh.c_str(), path_.c_str()) == 0;
}

bool LeafJournal::Append(const Bytes& body) {
  last_ = Link(*key_, last_, body);
  Bytes record;
  record.reserve(body.size() + last_.size() + 4);
  AppendField(record, body);
  kmaas::Append(record, last_);
  ByteView rest = record;
  while (!rest.empty()) {
    const ssize_t written = write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  bytes_ += record.size();
  return true;
}

void LeafJournal::Fail(int error) {
  failed_ = true;
  log::Warning("store_rows_not_noted",
               {{"file", path_},
                {"error", error},
                {"what",
                 "rows that are deleted or set back while no server runs are noticed, and "
                 "cannot be named"}});
  unlink(path_.c_str());
  unlink((path_ + kFresh).c_str());
}

Bytes EncodeLeaves(const LeafDirectory& directory, const ports::StoreHead& head) {
  Bytes body;
  AppendStart(body, kAllLeaves, head);
  for (std::size_t table = 0; table < directory.tables().size(); ++table)
    for (const Leaf& leaf : directory.Leaves(table))
      AppendLeaf(body, directory.tables()[table], leaf.first, leaf.tags ? *leaf.tags : RowTags());
  return body;
}

Bytes EncodeChanges(const LeafDirectory& directory, std::span<const LeafChange> changes,
                    const ports::StoreHead& head) {
  Bytes body;
  AppendStart(body, kChangedLeaves, head);
  for (const LeafChange& change : changes)
    for (const LeafPart& part : change.after)
      AppendLeaf(body, directory.tables()[change.table], part.first, part.tags);
  return body;
}

std::optional<ports::StoreHead> ApplyBody(ByteView body, LeafDirectory& directory) {
  ByteReader reader(body);
  const std::uint8_t kind = reader.U8();
  ports::StoreHead head;
  head.epoch = reader.U64();
  head.rows = reader.U64();
  const ByteView digest = reader.Take(head.digest.size());
  if (!reader.ok() || (kind != kAllLeaves && kind != kChangedLeaves)) return std::nullopt;
  std::copy(digest.begin(), digest.end(), head.digest.begin());
  std::vector<LeafRead> leaves;
  while (!reader.rest().empty()) {
    std::optional<LeafRead> leaf = ReadLeaf(reader, directory);
    if (!leaf) return std::nullopt;
    leaves.push_back(*std::move(leaf));
  }
  const bool applied = kind == kAllLeaves ? LoadAll(std::move(leaves), directory)
                                          : ApplyChanges(std::move(leaves), directory);
  return applied ? std::optional(head) : std::nullopt;
}

std::unique_ptr<LeafDirectory> LeavesOf(ByteView journal, const RowMac& mac,
                                        std::span<const std::string_view> tables,
                                        const ports::StoreHead& head) {
  const std::unique_ptr<crypto::HmacSha256Key> key = KeyFor(mac);
  auto leaves = std::make_unique<LeafDirectory>(tables);
  crypto::Sha256Digest last{};
  ByteReader reader(journal);
  while (!reader.rest().empty()) {
    const ByteView body = reader.Take(reader.U32());
    const ByteView link = reader.Take(last.size());
    if (!reader.ok()) return nullptr;
    last = Link(*key, last, body);
    if (!crypto::ConstantTimeEqual(link, last)) return nullptr;
    const auto leads_to = ApplyBody(body, *leaves);
    if (!leads_to) return nullptr;
    if (*leads_to == head) return leaves;
  }
  return nullptr;
}

std::unique_ptr<LeafDirectory> ReadLeafJournal(const std::string& database, const RowMac& mac,
                                               std::span<const std::string_view> tables,
                                               const ports::StoreHead& head) {
  const std::string path = LeafJournalPath(database);
  struct stat found {};  // whoever put something else there is not followed
  if (lstat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size > kReadMax)
    return nullptr;
  std::ifstream file(path, std::ios::binary);
  if (!file) return nullptr;
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return LeavesOf(AsBytes(content), mac, tables, head);
}

}  // namespace kmaas::storage
