#include "audit/search.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "audit/append_file.h"
#include "audit/chain.h"
#include "audit/file_index.h"
#include "audit/render.h"
#include "audit/trail_files.h"
#include "base/json_text.h"

namespace kmaas::audit {
namespace {

// As it stands inside a JSON text.
std::string Escaped(const std::string& text) {
  std::string json;
  AppendJsonString(json, text);
  return json.substr(1, json.size() - 2);
}

// The query in the spelling of the trail.
struct Wanted {
  explicit Wanted(const SearchQuery& query)
      : resource(Escaped(query.resource)),
        since(query.since),
        until(query.until),
        texts{{{Term::kPrincipal, Escaped(query.principal)},
               {Term::kName, Escaped(query.event_name)},
               {Term::kSourceAddress, Escaped(query.source_address)},
               {Term::kErrorCode, Escaped(query.error_code)},
               {Term::kRequestId, Escaped(query.request_id)},
               {Term::kEventId, Escaped(query.event_id)}}} {}

  std::string resource;
  std::string since;
  std::string until;
  std::array<std::pair<Term, std::string>, 6> texts;

  std::vector<std::uint32_t> Terms() const {
    std::vector<std::uint32_t> terms;
    if (!resource.empty()) terms.push_back(TermHash(Term::kResource, resource));
    for (const auto& [field, text] : texts)
      if (!text.empty()) terms.push_back(TermHash(field, text));
    return terms;
  }
  bool HasTime(std::string_view time) const {
    return time.substr(0, since.size()) >= since && time.substr(0, until.size()) <= until;
  }
  // Whether a file with records of these times can have any.
  bool CanBeIn(std::string_view earliest, std::string_view latest) const {
    return latest.substr(0, since.size()) >= since && earliest.substr(0, until.size()) <= until;
  }
  // Quick, of a line that is not taken apart: false when it cannot fit.
  bool MayFit(std::string_view line) const {
    const auto has = [line](const std::string& text) {
      return text.empty() || line.find(text) != std::string_view::npos;
    };
    if (!since.empty() || !until.empty()) {
      if (!HasTime(EventTime(line))) return false;
    }
    return has(resource) && std::all_of(texts.begin(), texts.end(),
                                        [&has](const auto& one) { return has(one.second); });
  }
  bool Fits(std::string_view event) const {
    const EventFields fields = ReadFields(event);
    const std::array<std::string_view, 6> found{fields.principal,      fields.name,
                                                fields.source_address, fields.error_code,
                                                fields.request_id,     fields.event_id};
    for (std::size_t index = 0; index < found.size(); ++index)
      if (!texts[index].second.empty() && texts[index].second != found[index]) return false;
    const bool has_resource =
        resource.empty() ||
        std::any_of(fields.resources.begin(), fields.resources.end(),
                    [this](std::string_view one) { return IsNamed(one, resource); });
    return has_resource && HasTime(fields.time);
  }
};

// Reads single lines of a file.
class LineReader {
 public:
  explicit LineReader(const std::string& path)
      : path_(path), file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~LineReader() {
    if (file_ >= 0) close(file_);
  }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The whole line that begins there; empty when none ends behind.
  Result<std::string> At(std::uint64_t offset) const {
    std::string line;
    std::array<char, 4096> piece{};
    for (;;) {
      const ssize_t got =
          pread(file_, piece.data(), piece.size(), static_cast<off_t>(offset + line.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return FileError("cannot read " + path_, errno);
      const std::string_view text(piece.data(), static_cast<std::size_t>(got));
      const std::size_t end = text.find('\n');
      if (end != std::string_view::npos) return line.append(text.substr(0, end));
      if (got == 0) return std::string();
      line.append(text);
    }
  }

 private:
  const std::string& path_;
  const int file_;
};

std::vector<std::uint32_t> InBoth(const std::vector<std::uint32_t>& one,
                                  const std::vector<std::uint32_t>& other) {
  std::vector<std::uint32_t> both;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(both));
  return both;
}

class Searcher {
 public:
  Searcher(const SearchQuery& query, const std::function<void(std::string_view)>& each)
      : query_(query), wanted_(query), terms_(wanted_.Terms()), each_(each) {}

  // `is_closed`: it takes no more records.
  Result<void> SearchFile(const TrailFile& file, bool is_closed) {
    ++report_.files;
    const std::optional<FileIndex> index =
        is_closed && query_.use_indexes ? IndexOf(file) : std::nullopt;
    if (index && !wanted_.CanBeIn(index->earliest(), index->latest())) {
      ++report_.files_indexed;
      return {};
    }
    std::optional<std::vector<std::uint32_t>> offsets;
    if (index && !terms_.empty()) offsets = Candidates(*index);
    if (offsets) {
      ++report_.files_indexed;
      return ReadLinesAt(file, *std::move(offsets));
    }
    ++report_.files_read;
    return ReadWhole(file);
  }
  bool is_done() const { return query_.limit != 0 && report_.found >= query_.limit; }
  const SearchReport& report() const { return report_; }

 private:
  std::optional<FileIndex> IndexOf(const TrailFile& file) const {
    std::optional<FileIndex> index = FileIndex::Open(file);
    if (index || !query_.make_indexes) return index;
    // An auditor may have no right to write there; then the file is read.
    if (!BuildIndex(file)) return std::nullopt;
    return FileIndex::Open(file);
  }

  // Lines that may have all terms: the rarest term's, less those that lack others, as far as
  // looking those up is cheaper than reading the lines. Nothing when the index is damaged.
  std::optional<std::vector<std::uint32_t>> Candidates(const FileIndex& index) const {
    std::vector<std::pair<std::size_t, std::uint32_t>> terms;
    terms.reserve(terms_.size());
    for (const std::uint32_t term : terms_) terms.emplace_back(index.BlocksOf(term), term);
    std::sort(terms.begin(), terms.end());
    std::optional<std::vector<std::uint32_t>> lines;
    for (const auto& [blocks, term] : terms) {
      if (lines && blocks > lines->size()) break;
      auto offsets = index.Find(term);
      if (!offsets) return std::nullopt;
      lines = lines ? InBoth(*lines, *offsets) : *std::move(offsets);
    }
    return lines;
  }

  void Take(std::string_view line) {
    if (is_done()) return;
    ++report_.found;
    each_(line);
  }

  Result<void> ReadLinesAt(const TrailFile& file, std::vector<std::uint32_t> offsets) {
    if (!query_.oldest_first) std::reverse(offsets.begin(), offsets.end());
    const LineReader reader(file.path);
    for (const std::uint32_t offset : offsets) {
      if (is_done()) break;
      KM_TRY(const std::string line, reader.At(offset));
      const std::optional<TrailLine> record = ParseLine(line);
      if (record && wanted_.Fits(record->event)) Take(line);
    }
    return {};
  }

  // Newest first, no more lines are held than are asked for.
  Result<void> ReadWhole(const TrailFile& file) {
    std::deque<std::string> newest_last;
    KM_CHECK(ReadLines(file.path, [&](const RawLine& line) {
      if (is_done() || !wanted_.MayFit(line.text)) return;
      const std::optional<TrailLine> record = line.is_whole ? ParseLine(line.text) : std::nullopt;
      if (!record || !wanted_.Fits(record->event)) return;
      if (query_.oldest_first) {
        Take(line.text);
      } else {
        newest_last.emplace_back(line.text);
        if (query_.limit != 0 && newest_last.size() > query_.limit - report_.found)
          newest_last.pop_front();
      }
    }));
    for (auto line = newest_last.rbegin(); line != newest_last.rend(); ++line) Take(*line);
    return {};
  }

  const SearchQuery& query_;
  const Wanted wanted_;
  const std::vector<std::uint32_t> terms_;
  const std::function<void(std::string_view)>& each_;
  SearchReport report_;
};

}  // namespace

Result<SearchReport> Search(const std::string& directory, const SearchQuery& query,
                            const std::function<void(std::string_view line)>& each) {
  KM_TRY(std::vector<TrailFile> files, ListTrailFiles(directory));
  const std::uint64_t newest = files.empty() ? 0 : files.back().first_sequence;
  if (!query.oldest_first) std::reverse(files.begin(), files.end());
  Searcher searcher(query, each);
  for (const TrailFile& file : files) {
    if (searcher.is_done()) break;
    KM_CHECK(searcher.SearchFile(file, file.first_sequence != newest));
  }
  return searcher.report();
}

}  // namespace kmaas::audit
