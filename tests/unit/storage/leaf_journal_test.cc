#include "storage/leaf_journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::storage {
namespace {

constexpr std::array<std::string_view, 2> kTables = {"keys", "aliases"};

LeafPart Part(std::string first, RowTags tags) {
  LeafPart part{std::move(first), {}, std::move(tags)};
  part.state.rows = part.tags.size();
  return part;
}

class Journal : public testing::Test {
 protected:
  Journal() {
    directory_.Load(0, {Part("", {{1, 1}}), Part("g", {{2, 1}, {3, 1}})});
    Commit({});
  }
  std::string database() const { return files_.File("kmaas.db"); }
  ports::StoreHead Head(std::uint64_t epoch) const {
    ports::StoreHead head;
    head.epoch = epoch;
    return head;
  }
  void Commit(std::vector<LeafChange> changes) {
    directory_.Apply(changes);
    journal_.Committed(directory_, changes, Head(++epoch_));
  }
  // "table first version...;" of every leaf; "none" when nothing fits.
  std::string Read(std::uint64_t epoch) {
    const auto leaves = ReadLeafJournal(database(), mac_, kTables, Head(epoch));
    return leaves ? Shape(*leaves) : "none";
  }
  static std::string Shape(const LeafDirectory& directory) {
    std::string shape;
    for (std::size_t table = 0; table < kTables.size(); ++table) {
      for (const Leaf& leaf : directory.Leaves(table)) {
        shape += std::to_string(table) + leaf.first;
        for (const RowTag& tag : leaf.tags ? *leaf.tags : RowTags())
          shape += " " + std::to_string(tag.key) + "." + std::to_string(tag.version);
        shape += ";";
      }
    }
    return shape;
  }
  std::string Content() {
    std::ifstream file(LeafJournalPath(database()), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  fakes::TemporaryDirectory files_;
  RowMac mac_{SecretBytes(Bytes(32, 1))};
  LeafDirectory directory_{kTables};
  LeafJournal journal_{database(), mac_};
  std::uint64_t epoch_ = 0;
};

TEST_F(Journal, TellsTheLeavesOfEveryHeadSinceItWasWritten) {
  Commit({{0, directory_.Find(0, "g").state, {Part("g", {{2, 2}}), Part("k", {{4, 1}})}}});
  Commit({{0, directory_.Find(0, "k").state, {Part("k", {})}},
          {1, directory_.Find(1, "").state, {Part("", {{9, 1}})}}});
  EXPECT_EQ(Read(1), "0 1.1;0g 2.1 3.1;1;");
  EXPECT_EQ(Read(2), "0 1.1;0g 2.2;0k 4.1;1;");
  EXPECT_EQ(Read(3), "0 1.1;0g 2.2;1 9.1;");
  EXPECT_EQ(Read(3), Shape(directory_));
}

TEST_F(Journal, TellsNothingOfAHeadThatItDoesNotKnow) {
  EXPECT_EQ(Read(2), "none");
  EXPECT_EQ(ReadLeafJournal(files_.File("other.db"), mac_, kTables, Head(1)), nullptr);
}

TEST_F(Journal, TellsNothingToWhoHasAnotherKey) {
  const RowMac other(SecretBytes(Bytes(32, 2)));
  EXPECT_EQ(ReadLeafJournal(database(), other, kTables, Head(1)), nullptr);
}

TEST_F(Journal, TellsNothingThatWasChangedOrCutOff) {
  Commit({{0, directory_.Find(0, "g").state, {Part("g", {{2, 2}})}}});
  const std::string whole = Content();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_EQ(LeavesOf(AsBytes(flipped), mac_, kTables, Head(2)), nullptr) << at;
    EXPECT_EQ(LeavesOf(AsBytes(whole.substr(0, at)), mac_, kTables, Head(2)), nullptr) << at;
  }
}

TEST_F(Journal, IsWrittenAnewWhenItIsLong) {
  std::uint64_t longest = 0;
  for (std::uint32_t round = 0; round < 20'000; ++round) {
    Commit({{0, directory_.Find(0, "g").state, {Part("g", {{2, round}, {3, round}})}}});
    if (journal_.bytes() < longest) break;
    longest = journal_.bytes();
  }
  EXPECT_LT(journal_.bytes(), longest);
  EXPECT_EQ(Content().size(), journal_.bytes());
  EXPECT_EQ(Read(epoch_), Shape(directory_));
}

TEST_F(Journal, IsGoneWhenItCannotBeWritten) {
  const std::string nowhere = files_.File("no/such/kmaas.db");
  LeafJournal journal(nowhere, mac_);
  journal.Committed(directory_, {}, Head(1));
  journal.Committed(directory_, {}, Head(2));
  EXPECT_EQ(journal.bytes(), 0U);
  EXPECT_FALSE(std::filesystem::exists(LeafJournalPath(nowhere)));
}

// While one lives no file of this process grows beyond so many bytes: a full disk.
class FullAt {
 public:
  explicit FullAt(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullAt() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullAt(const FullAt&) = delete;
  FullAt& operator=(const FullAt&) = delete;

 private:
  rlimit before_{};
};

TEST_F(Journal, EndsWithoutATraceWhereverTheDiskIsFull) {
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const std::string whole = files_.File("whole.db");
  const LeafChange change{0, directory_.Find(0, "g").state, {Part("g", {{2, 2}})}};
  std::uint64_t needed = 0;
  for (rlim_t bytes = 0; needed == 0; ++bytes) {
    LeafJournal journal(whole, mac_);
    testing::internal::CaptureStderr();
    {
      const FullAt full(bytes);
      journal.Committed(directory_, {}, Head(1));
      journal.Committed(directory_, {&change, 1}, Head(2));
    }
    testing::internal::GetCapturedStderr();
    if (std::filesystem::exists(LeafJournalPath(whole))) needed = bytes;
  }
  EXPECT_EQ(needed, std::filesystem::file_size(LeafJournalPath(whole)));
  EXPECT_NE(ReadLeafJournal(whole, mac_, kTables, Head(2)), nullptr);
  EXPECT_FALSE(std::filesystem::exists(LeafJournalPath(whole) + ".new"));
  std::signal(SIGXFSZ, ignored);
}

TEST_F(Journal, DoesNotFollowALink) {
  std::filesystem::rename(LeafJournalPath(database()), files_.File("elsewhere"));
  std::filesystem::create_symlink(files_.File("elsewhere"), LeafJournalPath(database()));
  EXPECT_EQ(Read(1), "none");
}

}  // namespace
}  // namespace kmaas::storage
